package io.decant.ingest.source.tcp;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, which reports to a channel only what it asks for.
 *
 * <p>Left to itself, Netty also watches for the peer's half-close, and at that reads all that the socket holds, wanted
 * or not: what we leave in the socket because the journal has no room would end up in our memory. Here the end of input
 * is found where the input ends, by reading.
 *
 * <p>Also, Netty takes a descriptor out of epoll while nothing is asked of it (netty#16689), and continues as if it
 * were still in: the next time that something is asked, {@code epoll_ctl} fails with ENOENT, and the connection is
 * broken, e.g. that of a client who ended its input but has not read all its answers. Seen in 4.2.15, and unchanged in
 * 4.2.17. So a descriptor stays in, asking for edge-triggered nothing: errors and hang-ups alone, once each.
 *
 * <p>Belongs to its event loop, as the handler that it wraps does.
 */
final class AskedEpoll implements IoHandler {

    private final IoHandler epoll;

    private AskedEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return executor -> new AskedEpoll(epoll.newHandler(executor));
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new AskedRegistration(epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    private static final class AskedRegistration implements IoRegistration {

        private final IoRegistration registration;

        AskedRegistration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            EpollIoOps asked = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
            return registration.submit(asked.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : asked);
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
