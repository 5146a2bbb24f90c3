package io.decant.ingest.source;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the sockets that a source's listening socket has accepted and that are not closed yet. A burst is accepted by
 * one event loop faster than the others can refuse it; without a bound it would take the file descriptors that journal
 * and sinks need. What is beyond the bound is closed without a word. Where a connection cannot be accepted, for example
 * because no descriptor is left, it tries again after {@link #RETRY_MILLIS}; the client waits in the kernel's backlog.
 *
 * <p>First in the pipeline of the listening socket, and belongs to its event loop.
 */
public final class AcceptBound extends ChannelInboundHandlerAdapter {

    static final long RETRY_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(AcceptBound.class);

    private final String source;
    private final int openMax;
    private final AtomicInteger open = new AtomicInteger();

    /** @param openMax sockets at a time, see {@link ConnectionShare#acceptedMax} */
    public AcceptBound(String source, int openMax) {
        this.source = source;
        this.openMax = openMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        if (open.get() >= openMax) {
            accepted.unsafe().closeForcibly();
            return;
        }
        open.incrementAndGet();
        accepted.closeFuture().addListener(closed -> open.decrementAndGet());
        ctx.fireChannelRead(accepted);
    }

    /** Not handed on: Netty would pause as well, but say it as a fault of the pipeline. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Channel server = ctx.channel();
        if (server.config().isAutoRead()) {
            log.warn(
                    "source {}: a connection cannot be accepted, trying again in {} ms: {}",
                    source,
                    RETRY_MILLIS,
                    String.valueOf(cause));
            server.config().setAutoRead(false);
            var unused = server.eventLoop()
                    .schedule(() -> server.config().setAutoRead(true), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
