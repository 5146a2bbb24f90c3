package io.decant.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AcceptBoundTest {

    private static final int OPEN_MAX = 3;

    private final EventLoopGroup accepting = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoopGroup serving = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /** The loop that serves does not get to run, as when a burst is accepted faster than it is refused. */
    @Test
    void shouldCloseWhatIsBeyondTheBoundAndServeAgainOnceThereIsRoom() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        serving.execute(() -> await(busy));
        InetSocketAddress address = (InetSocketAddress) listen().localAddress();
        List<Socket> served = new ArrayList<>();
        for (int i = 0; i < OPEN_MAX; i++) {
            served.add(connect(address));
        }
        for (int i = 0; i < 20; i++) {
            try (Socket beyond = connect(address)) {
                assertThat(isClosedByPeer(beyond)).isTrue();
            }
        }
        busy.countDown();
        for (Socket socket : served) {
            assertThat(socket.getInputStream().read()).isEqualTo('!');
            socket.close();
        }
        int first;
        do {
            try (Socket later = connect(address)) {
                first = isClosedByPeer(later) ? -1 : '!';
            }
        } while (first < 0);
        accepting.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
        serving.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }

    @Test
    void shouldPauseWhereAConnectionCannotBeAccepted() {
        EmbeddedChannel server = new EmbeddedChannel(new AcceptBound("lines", OPEN_MAX));
        server.pipeline()
                .fireExceptionCaught(new IOException("accept(..) failed with error(-24): Too many open files"));
        assertThat(server.config().isAutoRead()).isFalse();
        server.checkException();
        server.advanceTimeBy(AcceptBound.RETRY_MILLIS, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();
        assertThat(server.config().isAutoRead()).isTrue();
    }

    private Channel listen() throws InterruptedException {
        return new ServerBootstrap()
                .group(accepting, serving)
                .channel(NioServerSocketChannel.class)
                .handler(new AcceptBound("lines", OPEN_MAX))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        var unused = channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'!'}));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static boolean isClosedByPeer(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
