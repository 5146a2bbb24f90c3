package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has a proxy make a tunnel by {@code CONNECT} (RFC 9110, 9.3.6) before anything else goes over a connection to it: the
 * first handler of a new connection, which holds back what is written until the tunnel is there, and then removes
 * itself. Where the proxy makes none, the connection is closed, and what was written fails with an
 * {@link AnswerException} that says why.
 *
 * <p>Lives on the transport's event loop.
 */
final class ConnectTunnel extends ChannelDuplexHandler {

    /** Of the proxy's answer. */
    static final int HEAD_BYTES_MAX = 16 << 10;

    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
    private static final int CLIENT_ERROR = 4;

    private enum State {
        ASKED,
        OPEN,
        CLOSED
    }

    private final String proxy;
    private final String target;
    private final String credentials;
    private final long timeoutMillis;
    private State state = State.ASKED;
    private PendingWriteQueue held;
    private ByteBuf head;
    private ScheduledFuture<?> timeout;

    /**
     * @param proxy its name in messages
     * @param target {@code host:port}
     * @param credentials {@code user:password} for the proxy; empty: none
     */
    ConnectTunnel(String proxy, String target, String credentials, long timeoutMillis) {
        this.proxy = proxy;
        this.target = target;
        this.credentials = credentials;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // where it fails, the connection does
    public void handlerAdded(ChannelHandlerContext ctx) {
        held = new PendingWriteQueue(ctx);
        head = ctx.alloc().buffer();
        timeout = ctx.executor()
                .schedule(
                        () -> fail(
                                ctx,
                                Outcome.Kind.TIMEOUT,
                                "the proxy " + proxy + " made no tunnel within " + timeoutMillis + " ms"),
                        timeoutMillis,
                        TimeUnit.MILLISECONDS);
        StringBuilder request = new StringBuilder()
                .append("CONNECT ")
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(target)
                .append("\r\n");
        if (!credentials.isEmpty()) {
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                    .append("\r\n");
        }
        ctx.writeAndFlush(Unpooled.copiedBuffer(request.append("\r\n"), StandardCharsets.US_ASCII));
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (state == State.ASKED) {
            held.add(message, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (state != State.ASKED) {
            ctx.flush();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state != State.ASKED) {
            ctx.fireChannelRead(message);
            return;
        }
        ByteBuf bytes = (ByteBuf) message;
        try {
            head.writeBytes(bytes);
        } finally {
            bytes.release();
        }
        int end = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(HEAD_END), head);
        if (end >= 0) {
            answered(ctx, head.toString(0, end, StandardCharsets.ISO_8859_1), end + HEAD_END.length);
        } else if (head.readableBytes() > HEAD_BYTES_MAX) {
            fail(ctx, Outcome.Kind.PROTOCOL, "the proxy " + proxy + " answers CONNECT with more than a header");
        }
    }

    private void answered(ChannelHandlerContext ctx, String text, int headBytes) {
        int lineEnd = text.indexOf("\r\n");
        Matcher line = STATUS_LINE.matcher(lineEnd < 0 ? text : text.substring(0, lineEnd));
        if (!line.matches()) {
            fail(ctx, Outcome.Kind.PROTOCOL, "the proxy " + proxy + " does not answer CONNECT by HTTP");
            return;
        }
        int status = Integer.parseInt(line.group(1));
        if (status / 100 != 2) {
            fail(ctx, kindOf(status), "the proxy " + proxy + " answers " + status + " to CONNECT " + target);
            return;
        }
        state = State.OPEN;
        timeout.cancel(false);
        ByteBuf rest = head.skipBytes(headBytes);
        head = null;
        if (!held.isEmpty()) {
            var unused = held.removeAndWriteAll();
        }
        ctx.flush();
        if (rest.isReadable()) {
            ctx.fireChannelRead(rest);
        } else {
            rest.release();
        }
        ctx.pipeline().remove(this);
    }

    /** A proxy that wants other credentials or forbids the target needs an operator; others may know better later. */
    static Outcome.Kind kindOf(int status) {
        return status / 100 == CLIENT_ERROR ? Outcome.Kind.PROXY : Outcome.Kind.CONNECT;
    }

    private void fail(ChannelHandlerContext ctx, Outcome.Kind kind, String message) {
        if (state != State.ASKED) {
            return;
        }
        AnswerException failure = new AnswerException(kind, message);
        end(failure);
        ctx.fireExceptionCaught(failure);
        var unused = ctx.close();
    }

    private void end(Throwable failure) {
        state = State.CLOSED;
        timeout.cancel(false);
        if (head != null) {
            head.release();
            head = null;
        }
        held.removeAndFailAll(failure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.ASKED) {
            AnswerException failure =
                    new AnswerException(Outcome.Kind.RESET, "the proxy " + proxy + " closed the connection");
            end(failure);
            ctx.fireExceptionCaught(failure);
        }
        ctx.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (state == State.ASKED) {
            end(new ClosedChannelException());
        }
        ctx.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (state == State.ASKED) {
            end(new ClosedChannelException());
        }
    }
}
