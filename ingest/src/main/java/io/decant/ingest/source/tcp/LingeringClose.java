package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection, from the client's point of view: it gets a bounded while to read its answers, and, once the
 * last is written, to stop sending. A socket that is closed with unread input is reset, and the reset may overtake the
 * answer; so our side is half-closed, and what comes is read and discarded until the client closes, too.
 *
 * <p>Belongs to the connection's event loop.
 */
final class LingeringClose {

    /** How long a client may take to read on, and how long it is listened to after the last word. */
    static final long LINGER_MILLIS_MAX = 5_000;

    /** The same while the source closes, for then others wait for the last client. */
    static final long LINGER_BRIEFLY_MILLIS_MAX = 1_000;

    static final long DISCARD_BYTES_MAX = 64L << 20;

    private final DuplexChannel channel;
    private final ConnectionSlot slot;

    /** Null until it begins. */
    private Future<?> deadline;

    /** Null until the last word is written, perhaps not flushed. */
    private ChannelFuture lastWord;

    private boolean inputEnded;
    private boolean lingers;
    private long discarded;

    LingeringClose(DuplexChannel channel, ConnectionSlot slot) {
        this.channel = channel;
        this.slot = slot;
    }

    /** Closes the connection in that time from now, in place of what was set before. */
    void closeWithin(long millis) {
        cancel();
        deadline = channel.eventLoop().schedule(this::close, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Writes the last word, then lingers, or closes where there is nothing to linger for or too many do already.
     *
     * @param onSaid run once it is flushed and the connection lingers
     */
    void say(ByteBuf word, Runnable onSaid) {
        lastWord = channel.writeAndFlush(word);
        lastWord.addListener(said -> {
            lingers = said.isSuccess() && !inputEnded && slot.linger();
            if (lingers) {
                endOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                onSaid.run();
            } else {
                close();
            }
        });
    }

    /** Over TLS, the end of output is said in it first: otherwise the client could not trust it. */
    private ChannelFuture endOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return channel.shutdownOutput();
        }
        ChannelPromise ended = channel.newPromise();
        tls.closeOutbound().addListener(said -> {
            var unused = channel.shutdownOutput(ended);
        });
        return ended;
    }

    /** Whether it is time to read and discard. */
    boolean lingers() {
        return lingers;
    }

    /** The client sends no more. */
    void inputEnded() {
        inputEnded = true;
        if (lastWord != null && lastWord.isDone()) {
            close();
        }
    }

    boolean isInputEnded() {
        return inputEnded;
    }

    /** Takes what a client sends that was told its last word; closes on one that does not stop. */
    void discard(ByteBuf read) {
        discarded += read.readableBytes();
        read.release();
        if (discarded > DISCARD_BYTES_MAX) {
            close();
        }
    }

    /** Closes the connection now. There is nothing left to do where that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void close() {
        channel.close();
    }

    /** The connection is closed. */
    void closed() {
        cancel();
        slot.release();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
