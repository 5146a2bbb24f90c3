package io.decant.ingest.source.tcp;

import io.decant.config.AckMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Tells a client which of its records are durable. What cannot be written yet is only a number here, so a client that
 * does not read its answers costs no memory. Once a write has failed, the client is not told anything, and all counts
 * as told. Belongs to the connection's event loop.
 */
final class AckWriter {

    private static final byte[] OK_LINE = "OK\n".getBytes(StandardCharsets.US_ASCII);
    private static final int OK_LINES = 8_192;
    private static final ByteBuf MANY_OK_LINES = manyOkLines();

    private final Channel channel;
    private final AckMode mode;
    private final Consumer<Throwable> onFailure;
    private long told;
    private boolean toldCount;
    private boolean hasAnswered;
    private boolean failed;
    private boolean givenUp;

    /** @param onFailure told why an answer could not be written, perhaps several times */
    AckWriter(Channel channel, AckMode mode, Consumer<Throwable> onFailure) {
        this.channel = channel;
        this.mode = mode;
        this.onFailure = onFailure;
    }

    /** Whether an answer was written, though it may not have been read. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    /** Of the stream, so many records were durable before this connection: they are not told as its own. */
    void startAt(long durable) {
        told = durable;
    }

    /**
     * Writes nothing more, and all counts as told: there was no memory for an answer, and there may be none for the
     * next.
     *
     * @return whether this is the first time
     */
    boolean giveUp() {
        boolean first = !givenUp;
        givenUp = true;
        failed = true;
        return first;
    }

    /** Answers a session's claim with where it continues, in any mode. */
    void answerClaim() {
        writeCount(told);
    }

    /**
     * Tells what is durable as far as the socket takes it: in mode {@code count} one line for all there is, in mode
     * {@code end} nothing yet.
     *
     * @return whether all was told; if not, the channel becomes writable again later
     */
    boolean write(long durable) {
        if (failed) {
            told = durable;
        }
        switch (mode) {
            case COUNT -> {
                if (durable > told && channel.isWritable()) {
                    told = durable;
                    writeCount(durable);
                }
            }
            case FLUME -> writeLines(durable);
            case END, NONE -> told = durable;
        }
        return told == durable;
    }

    /**
     * The last word, after {@link #write} told all. A client that is not refused has heard a count by then in modes
     * {@code end} and {@code count}, so one that sent nothing is told {@code OK 0}.
     *
     * @param hasStream whether it came to be known whose records these are
     * @return what is to be written yet, perhaps nothing
     */
    ByteBuf lastWord(long durable, CloseReason ending, boolean hasStream) {
        if (givenUp) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (ending.isRefusal()) {
            return ByteBufUtil.writeUtf8(channel.alloc(), ending.refusal().line(durable, ending.text()));
        }
        boolean counts = mode == AckMode.END || mode == AckMode.COUNT;
        if (hasStream && counts && !toldCount && !failed) {
            writeCount(durable);
        }
        return Unpooled.EMPTY_BUFFER;
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
        hasAnswered = true;
        ChannelFuture written = channel.writeAndFlush(lines);
        written.addListener(done -> {
            if (!done.isSuccess()) {
                failed = true;
                onFailure.accept(done.cause());
            }
        });
    }

    private static ByteBuf manyOkLines() {
        ByteBuf lines = Unpooled.directBuffer(OK_LINES * OK_LINE.length);
        for (int i = 0; i < OK_LINES; i++) {
            lines.writeBytes(OK_LINE);
        }
        return Unpooled.unreleasableBuffer(lines);
    }
}
