package io.decant.ingest.admin;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.ingest.history.EventLog;
import io.decant.ingest.history.History;
import io.decant.ingest.tls.ServerTls;
import io.decant.ingest.tls.TlsException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers operators over HTTP/1.1, or HTTPS: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /status},
 * {@code /history}, {@code /batches} and {@code /events}, which change nothing, and {@code /dlq/replay}, which sends
 * dead letters again. No answer holds a secret. {@link #start} and {@link #close} wait, so they are not for an event
 * loop.
 *
 * <p>What clients do here costs the server at most 20 MiB, and two threads, which nothing else uses: 8 MiB of answers
 * that are not yet taken, 4 MiB of one that is being made, 3 MiB of answers that are kept for a second, and up to
 * 32 KiB for each of 128 connections, of which at most 64 read events; with TLS up to 64 KiB each and so 8 MiB more.
 *
 * <p>What changes something is asked for by a body that says it is JSON: a page in the operator's browser cannot send
 * that to another host without being allowed to. Who may ask for what is decided by {@link AccessCheck} alone.
 */
public final class AdminServer implements AutoCloseable {

    /** Connections at a time. */
    public static final int CONNECTIONS_MAX = AdminConnections.CONNECTIONS_MAX;

    private static final int BACKLOG = 1_024;

    private final HostPort address;
    private final Metrics metrics;
    private final Supplier<ServerStatus> status;
    private final AdminUsers users;
    private final LoginFailures failures;
    private final AdminRoutes routes;
    private final AdminConnections connections;
    private final Optional<ServerTls> tls;
    private final EventReaders readers;
    private final LiveValues live;
    private final EventLog events;
    private final String basePath;
    private final EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("decant-admin", true), NioIoHandler.newFactory());
    private Channel server;
    private volatile String boundAddress = "";

    /**
     * @param settings port 0: any free one
     * @param connectionsMax at a time, from 1 to {@link #CONNECTIONS_MAX}
     * @param security what clients must show
     * @param metrics what {@code /metrics} shows
     * @param status asked at each request, on threads of the server: must not wait
     * @param replay sends dead letters again: must not wait. It throws an {@link IllegalArgumentException}
     *     where it cannot be asked for that, and completes exceptionally where it cannot be done; what they say is told
     * @param history the last minutes
     */
    public AdminServer(
            AdminSettings settings,
            int connectionsMax,
            AdminSecurity security,
            Metrics metrics,
            Supplier<ServerStatus> status,
            Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay,
            History history) {
        this.address = settings.address();
        this.tls = security.tls();
        this.metrics = metrics;
        this.status = status;
        this.basePath = settings.basePath();
        this.events = history.events();
        this.readers = new EventReaders(
                events,
                (task, nanos) -> {
                    var unused = eventLoop.schedule(task, nanos, TimeUnit.NANOSECONDS);
                },
                connectionsMax,
                System::nanoTime);
        this.connections = new AdminConnections(connectionsMax, readers);
        HistoryRoutes historyRoutes = new HistoryRoutes(history);
        this.live = new LiveValues(
                readers,
                historyRoutes::liveLine,
                () -> StatusJson.line(status.get(), admin()),
                connections::queue,
                eventLoop);
        this.users = new AdminUsers(settings.users(), security.users(), security.token());
        this.failures = new LoginFailures(security.nanoTime());
        LoginSessions sessions = new LoginSessions(users, security.random(), security.nanoTime());
        this.routes = new AdminRoutes(
                new HostCheck(settings),
                new AccessCheck(users, sessions, failures, AdminWarnings.isLoopback(settings), basePath),
                users.areSet() ? Optional.of(new LoginPage(users, sessions, failures, basePath)) : Optional.empty(),
                metrics,
                status,
                this::statusJson,
                replay,
                historyRoutes,
                basePath,
                security.nanoTime());
    }

    /**
     * Begins to listen.
     *
     * @throws AdminException where it cannot
     */
    public void start() {
        tls.ifPresent(AdminServer::startTls);
        metrics.register(status.get());
        tls.ifPresent(own -> metrics.registerTls("admin", now -> ServerStatus.Tls.of(own.status())));
        if (users.areSet()) {
            metrics.registerLogins(failures::total);
        }
        metrics.register(readers);
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // On the heap, and freed immediately: a pool of its own would keep 4 MiB.
                .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(AdminConnection.READ_BYTES_MAX).maxMessagesPerRead(1))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        AdminConnection connection = new AdminConnection(routes, connections, tls);
                        tls.ifPresent(own ->
                                channel.pipeline().addLast(new ReadsWhileWritable(), own.newHandler(channel.alloc())));
                        channel.pipeline().addLast(connection);
                    }
                })
                .bind(new InetSocketAddress(address.host(), address.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new AdminException(
                    "admin cannot listen on " + address + ": " + reason(bound.cause())
                            + "; end what listens there, or give admin.address another address or port (0: any free"
                            + " one)",
                    bound.cause());
        }
        server = bound.channel();
        boundAddress = new HostPort(address.host(), ((InetSocketAddress) server.localAddress()).getPort()).toString();
        var unused = eventLoop.scheduleAtFixedRate(this::second, 1, 1, TimeUnit.SECONDS);
    }

    private void second() {
        connections.closeOverdue();
        live.second();
    }

    private static void startTls(ServerTls own) {
        try {
            own.start();
        } catch (TlsException e) {
            throw AdminException.of(e);
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException) {
            return "the host is not known";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Where it listens, with the real port; empty before it does. */
    public String address() {
        return boundAddress;
    }

    /**
     * Reads the certificate again now, and logs what came of it. Blocks while it reads.
     *
     * @return whether there is one
     */
    public boolean reload() {
        tls.ifPresent(ServerTls::reloadNow);
        return tls.isPresent();
    }

    private String statusJson() {
        return StatusJson.text(status.get(), admin());
    }

    private StatusJson.Admin admin() {
        return new StatusJson.Admin(
                boundAddress,
                basePath,
                tls.map(own -> ServerStatus.Tls.of(own.status())).orElse(null),
                users.areSet() ? new StatusJson.Logins(failures.total(), users.lastError()) : null);
    }

    /** Listens no more and ends all connections. */
    @Override
    public void close() {
        events.onAppended(() -> {});
        if (server != null) {
            server.close().awaitUninterruptibly();
            eventLoop.submit(connections::close).awaitUninterruptibly();
        }
        tls.ifPresent(ServerTls::close);
        eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** The admin server cannot listen; the message is one line that says what, where, and the way out. */
    public static final class AdminException extends RuntimeException {

        AdminException(String message, Throwable cause) {
            super(message, cause);
        }

        /** Because of its files. */
        public static AdminException of(Exception cause) {
            return new AdminException("admin cannot listen: " + cause.getMessage(), cause);
        }
    }
}
