package io.decant.ingest.source;

import io.decant.config.AckMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.nio.charset.StandardCharsets;

/**
 * Tells a client which of its records are durable. What cannot be written yet is only a number here, so a client that
 * does not read its answers costs no memory. Belongs to the connection's event loop.
 */
final class AckWriter {

    private static final byte[] OK_LINE = "OK\n".getBytes(StandardCharsets.US_ASCII);
    private static final int OK_LINES = 8_192;
    private static final ByteBuf MANY_OK_LINES = manyOkLines();

    private final Channel channel;
    private final AckMode mode;
    private long told;
    private boolean toldCount;

    AckWriter(Channel channel, AckMode mode) {
        this.channel = channel;
        this.mode = mode;
    }

    /** Of the stream, so many records were durable before this connection: they are not told as its own. */
    void startAt(long durable) {
        told = durable;
    }

    /** Answers a session's claim with where it goes on, whatever the mode. */
    void answerClaim() {
        writeCount(told);
    }

    /**
     * Tells what is durable as far as the socket takes it: in mode {@code count} one line for all there is.
     *
     * @return whether all was told; if not, the channel becomes writable again later
     */
    boolean write(long durable) {
        switch (mode) {
            case COUNT -> {
                if (durable > told && channel.isWritable()) {
                    told = durable;
                    writeCount(durable);
                }
            }
            case FLUME -> writeLines(durable);
            case NONE -> told = durable;
        }
        return told == durable;
    }

    /**
     * Tells the last of it after {@link #write} told all: in mode {@code count} the last line equals what was sent, so a
     * client that sent nothing is told {@code OK 0}.
     */
    void writeLast(long durable) {
        if (mode == AckMode.COUNT && !toldCount) {
            writeCount(durable);
        }
    }

    private void writeCount(long durable) {
        toldCount = true;
        ByteBuf line = ByteBufUtil.writeAscii(channel.alloc(), "OK " + durable + "\n");
        writeAndFlush(line);
    }

    private void writeLines(long durable) {
        while (told < durable && channel.isWritable()) {
            int lines = (int) Math.min(durable - told, OK_LINES);
            told += lines;
            writeAndFlush(MANY_OK_LINES.slice(0, lines * OK_LINE.length));
        }
    }

    private void writeAndFlush(ByteBuf lines) {
        channel.writeAndFlush(lines).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    private static ByteBuf manyOkLines() {
        ByteBuf lines = Unpooled.directBuffer(OK_LINES * OK_LINE.length);
        for (int i = 0; i < OK_LINES; i++) {
            lines.writeBytes(OK_LINE);
        }
        return Unpooled.unreleasableBuffer(lines);
    }
}
