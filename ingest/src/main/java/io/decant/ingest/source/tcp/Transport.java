package io.decant.ingest.source.tcp;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The kind of socket I/O under the event loops: epoll where the machine has it, NIO elsewhere. */
public final class Transport {

    private Transport() {}

    /**
     * Event loops for TCP sources, the best kind there is.
     *
     * @param name of the threads, a number is added
     */
    public static EventLoopGroup eventLoops(int threads, String name) {
        IoHandlerFactory kind = Epoll.isAvailable() ? AskedEpoll.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), kind);
    }

    /** The server channel that runs on these loops. */
    static Class<? extends ServerSocketChannel> serverChannel(EventLoopGroup loops) {
        return isEpoll(loops) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The channel of a connection to a server that runs on these loops. */
    static Class<? extends SocketChannel> clientChannel(EventLoopGroup loops) {
        return isEpoll(loops) ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    private static boolean isEpoll(EventLoopGroup loops) {
        return loops instanceof IoEventLoopGroup group && group.isCompatible(EpollIoHandle.class);
    }
}
