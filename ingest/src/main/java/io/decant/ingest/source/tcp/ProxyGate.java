package io.decant.ingest.source.tcp;

import io.decant.ingest.source.SourceCounters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the header of the PROXY protocol that a connection begins with, and only then lets the connection begin,
 * under the address that the header says. A connection whose header does not come in time, or is none, is closed
 * without a word: what speaks there is no proxy. Belongs to the connection's event loop.
 */
final class ProxyGate extends ChannelInboundHandlerAdapter {

    /** How long the header may take. A proxy sends it at once. */
    static final long HEADER_MILLIS_MAX = 10_000;

    private static final Logger log = LoggerFactory.getLogger(TcpSource.class);

    private final SourceCounters counters;
    private final Consumer<SocketAddress> onPeer;
    private Future<?> deadline;

    private ProxyGate(SourceCounters counters, Consumer<SocketAddress> onPeer) {
        this.counters = counters;
        this.onPeer = onPeer;
    }

    /** @param onPeer run once the client's address is known; adds the handlers of the connection to the channel */
    static void addTo(Channel channel, SourceCounters counters, Consumer<SocketAddress> onPeer) {
        channel.pipeline().addLast(new HAProxyMessageDecoder(), new ProxyGate(counters, onPeer));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        deadline =
                ctx.executor().schedule(() -> refuse(ctx, "no header came"), HEADER_MILLIS_MAX, TimeUnit.MILLISECONDS);
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            ReferenceCountUtil.release(message);
            return;
        }
        deadline.cancel(false);
        // Without an address it is the proxy itself, which looks whether somebody listens.
        SocketAddress peer = header.sourceAddress() == null
                ? ctx.channel().remoteAddress()
                : new InetSocketAddress(header.sourceAddress(), header.sourcePort());
        header.release();
        onPeer.accept(peer);
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            refuse(ctx, "the input ended before the header");
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        deadline.cancel(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(ctx, cause.toString());
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        log.debug("{}: not the PROXY protocol: {}", ctx.channel().remoteAddress(), why);
        counters.refused();
        var unused = ctx.channel().close();
    }
}
