package io.decant.harness;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An HTTP server for whom every request is a part of a bucket, answered with 200 when the handler has seen it whole.
 * One thread does everything, so the handler needs no lock.
 */
public final class PartReceiver implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long GOODBYE_MILLIS = 1000;

    private final EventLoopGroup thread = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("demo-receiver", true), NioIoHandler.newFactory());
    private final Channel channel;

    /**
     * Listens on a free port of the loopback interface.
     *
     * @param handler takes the parts
     * @param refused told why a request was not taken: its headers are not those of a part
     */
    public PartReceiver(PartHandler handler, Consumer<String> refused) {
        channel = new ServerBootstrap()
                .group(thread)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection.pipeline().addLast(new HttpServerCodec(), new PartReader(handler, refused));
                    }
                })
                .bind(LOOPBACK, 0)
                .syncUninterruptibly()
                .channel();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Runs something on the one thread, and waits for its end. */
    public void run(Runnable work) {
        thread.submit(work).syncUninterruptibly();
    }

    /** Ends all connections and the thread. */
    @Override
    public void close() {
        thread.shutdownGracefully(0, GOODBYE_MILLIS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    /** Takes what a request brought. Called by the receiver's one thread. */
    @FunctionalInterface
    public interface PartHandler {

        /**
         * @param address where the body begins; good during the call
         * @param length bytes of the body
         */
        void part(ReceivedPart part, long address, int length);
    }
}
