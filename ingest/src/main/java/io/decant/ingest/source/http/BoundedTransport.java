package io.decant.ingest.source.http;

import io.decant.ingest.source.AcceptBound;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.spi.transport.Transport;

/**
 * Vert.x's NIO, with a bound on the sockets that are accepted. Vert.x shows a connection only once its first bytes have
 * come, so it cannot be asked to bound those that send nothing.
 */
final class BoundedTransport extends NioTransport implements io.vertx.core.transport.Transport {

    private final String source;
    private final int openMax;

    /** @param openMax sockets at a time */
    BoundedTransport(String source, int openMax) {
        this.source = source;
        this.openMax = openMax;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return () -> {
            NioServerSocketChannel channel = new NioServerSocketChannel();
            channel.pipeline().addLast(new AcceptBound(source, openMax));
            return channel;
        };
    }

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public Transport implementation() {
        return this;
    }
}
