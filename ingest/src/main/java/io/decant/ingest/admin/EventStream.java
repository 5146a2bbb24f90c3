package io.decant.ingest.admin;

import io.decant.ingest.history.EventLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends events to one reader, a piece at a time: the next is taken out of the log once the socket has taken the one
 * before. Owned by the event loop.
 */
final class EventStream {

    /** Bytes that are handed to the socket at a time. */
    static final int PIECE_BYTES_MAX = 16 << 10;
    /** What the system may keep for a reader that takes nothing. */
    private static final int SEND_BUFFER_BYTES = 64 << 10;

    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(15);
    /**
     * After which a reader has to ask again, and so to say again who it is: it may have logged out, or its token may be
     * nobody's now. It misses nothing, for it says which event it had last.
     */
    static final long LIFE_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final byte[] BEAT = ": heartbeat\n\n".getBytes(StandardCharsets.US_ASCII);
    /** How soon a reader comes again when its connection ends. */
    private static final byte[] RETRY = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ChannelHandlerContext context;
    private final EventReaders readers;
    private final boolean isLive;
    private final Runnable moved;
    private final Consumer<String> end;
    private long next;
    private long begunNanos;
    private long saidNanos;
    private boolean isWriting;
    private boolean isOver;

    /**
     * @param isLive whether it is sent the newest values each second, too
     * @param moved run whenever the socket has taken something
     * @param end has the connection closed, and is told why
     */
    EventStream(
            ChannelHandlerContext context, EventReaders readers, boolean isLive, Runnable moved, Consumer<String> end) {
        this.context = context;
        this.readers = readers;
        this.isLive = isLive;
        this.moved = moved;
        this.end = end;
    }

    /** Sends what there is behind the event that the reader had last. */
    void begin(String lastId) {
        context.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES);
        begunNanos = readers.nanoTime();
        saidNanos = begunNanos;
        EventLog.Piece first = readers.events().begin(lastId);
        next = first.next();
        write(Unpooled.wrappedBuffer(RETRY, first.frames()));
    }

    /** Sends what has come, unless the socket is busy: then once it is not. */
    void pump() {
        if (isOver) {
            return;
        }
        if (!readers.events().keeps(next)) {
            cutOff();
        } else if (!isWriting) {
            readers.read(next).ifPresentOrElse(this::send, this::cutOff);
        }
    }

    private void send(EventLog.Piece piece) {
        if (piece.next() > next) {
            next = piece.next();
            write(Unpooled.wrappedBuffer(piece.frames()));
        }
    }

    /** Sends the newest values; a reader that is busy does without. */
    void push(byte[] frame) {
        if (isLive && !isOver && !isWriting) {
            write(Unpooled.wrappedBuffer(frame));
        }
    }

    boolean isLive() {
        return isLive;
    }

    private void cutOff() {
        readers.cutOff();
        end.accept("the reader is slower than the events");
    }

    /** Says that nothing has happened, if that was not said lately; ends a stream that is old. */
    void beat() {
        if (!isOver && readers.nanoTime() - begunNanos >= LIFE_NANOS) {
            end.accept("it has read events for an hour, and has to ask again");
        } else if (!isWriting && !isOver && readers.nanoTime() - saidNanos >= BEAT_NANOS) {
            write(Unpooled.wrappedBuffer(BEAT));
        }
    }

    private void write(ByteBuf bytes) {
        isWriting = true;
        context.writeAndFlush(bytes).addListener((ChannelFuture written) -> {
            isWriting = false;
            if (isOver) {
                return;
            }
            if (!written.isSuccess()) {
                end.accept("events cannot be written: " + written.cause());
                return;
            }
            saidNanos = readers.nanoTime();
            moved.run();
            // Not from here: a socket that takes everything would make the stack as deep as the log is long.
            context.executor().execute(this::pump);
        });
    }

    /** Nothing more can be sent. Again: nothing. */
    void over() {
        isOver = true;
        readers.remove(this);
    }
}
