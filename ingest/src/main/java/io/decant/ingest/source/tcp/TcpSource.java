package io.decant.ingest.source.tcp;

import io.decant.config.HostPort;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.AcceptBound;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.source.SourceUsers;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.tls.ServerTls;
import io.decant.ingest.tls.TlsException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Newline-delimited records of clients that connect over TCP, as docs/tcp.md describes them.
 *
 * <p>It stands on Netty itself, not on Vert.x's {@code NetSocket}, which copies each read, hides a client's half-close
 * and does not leave it to us when to read. A read goes into the journal's block as it is.
 *
 * <p>In detail:
 *
 * <ul>
 *   <li>{@code ack: end} and {@code ack: count}: a client that ends its input is always told a last {@code OK <n>},
 *       {@code OK 0} where it sent nothing; not once more, where the line before said the same. So is one that fell
 *       silent for {@code idle-timeout}.
 *   <li>The answer to {@code SESSION <id>} is {@code OK <n>} whatever {@code ack} is, and so are refusals given.
 *   <li>A connection that ends its input before a session line is closed without a word if it sent nothing (a probe of
 *       the port), else refused.
 *   <li>A connection that is silent for {@code idle-timeout} is acknowledged and closed. An unfinished line is dropped,
 *       for the client never said that it ends there. Time in which the journal has no room or owes an acknowledgement
 *       is not silence.
 *   <li>A connection that breaks without an end of input loses its unfinished line, and nothing else that arrived. That
 *       an answer cannot be written is no such break: what has arrived is read to its end.
 * </ul>
 *
 * <p>Each connection lives on one event loop; nothing here blocks one. Its methods are safe from any thread, but
 * {@link #start} waits for the socket and so must not run on one of the loops. The loops must outlive the source and
 * the journal's syncer.
 */
public final class TcpSource implements Source {

    private static final int BACKLOG = 1_024;

    private final String name;
    private final TcpSourceSettings settings;
    private final EventLoopGroup eventLoops;
    private final InstantSource clock;
    private final ServedTime served;
    private final UnfinishedBudget unfinished;
    private final ByteBufAllocator allocator;
    private final ConnectionShare share;
    private final ConnectionLimit limit;
    private final SourceCounters counters = new SourceCounters();
    private final UnreadAnswers unread;
    private final Optional<ServerTls> tls;
    private final Optional<SourceUsers> users;

    private volatile Map<EventExecutor, ConnectionLoop> loops = Map.of();

    /** Null until it listens. */
    private volatile Channel server;

    private volatile String address = "";

    /** Null until it is drained or aborted. */
    private CompletableFuture<Void> ended;

    /**
     * @param eventLoops made by {@link Transport#eventLoops}; not shut down here
     * @param clock for arrival times
     * @param served for {@code session-retain}
     * @param unfinished shared by all TCP sources
     * @param share in place of {@code max-connections}
     * @param tls that is started and closed with the source; empty: connections are not encrypted
     * @param vertx on which files of tokens are read again
     */
    public TcpSource(
            String name,
            TcpSourceSettings settings,
            EventLoopGroup eventLoops,
            InstantSource clock,
            ServedTime served,
            UnfinishedBudget unfinished,
            ConnectionShare share,
            Optional<ServerTls> tls,
            Vertx vertx) {
        this(name, settings, eventLoops, clock, served, unfinished, share, tls, vertx, PooledByteBufAllocator.DEFAULT);
    }

    /** The same with an allocator in which a test may let memory run out. */
    TcpSource(
            String name,
            TcpSourceSettings settings,
            EventLoopGroup eventLoops,
            InstantSource clock,
            ServedTime served,
            UnfinishedBudget unfinished,
            ConnectionShare share,
            Optional<ServerTls> tls,
            Vertx vertx,
            ByteBufAllocator allocator) {
        this.name = name;
        this.settings = settings;
        this.eventLoops = eventLoops;
        this.clock = clock;
        this.served = served;
        this.unfinished = unfinished;
        this.share = share;
        this.tls = tls;
        this.allocator = allocator;
        this.users = SourceUsers.of(name, settings.users(), counters, vertx);
        this.unread = new UnreadAnswers(name);
        this.limit = new ConnectionLimit(share);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start(Intake intake, Map<String, ResumableStream> kept) {
        users.ifPresent(SourceUsers::start);
        if (tls.isPresent()) {
            startTls(tls.get());
        }
        Map<EventExecutor, ConnectionLoop> byExecutor = new HashMap<>();
        for (EventExecutor executor : eventLoops) {
            byExecutor.put(executor, new ConnectionLoop((EventLoop) executor, intake, limit));
        }
        loops = Map.copyOf(byExecutor);
        ConnectionContext context = new ConnectionContext(
                name,
                settings,
                intake,
                clock,
                unfinished,
                new SessionRegistry(
                        name,
                        eventLoops.next(),
                        served,
                        settings.sessionRetain(),
                        intake.keptStreamsMax(),
                        settings.sessionsPerAddress(),
                        kept),
                limit,
                counters,
                unread,
                new AtomicLong(),
                tls,
                users);
        HostPort at = settings.address().orElseThrow();
        ChannelFuture bound = new ServerBootstrap()
                .group(eventLoops)
                .channel(Transport.serverChannel(eventLoops))
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handler(new AcceptBound(name, share.acceptedMax()))
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // A client that does not take its answers has its records taken all the same, as far as they arrived.
                .childOption(ChannelOption.AUTO_CLOSE, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        ConnectionLoop loop = loops.get(channel.eventLoop());
                        channel.config().setRecvByteBufAllocator(new ReceiveAllocator(loop::readBytesMax));
                        if (settings.proxyProtocol()) {
                            ProxyGate.addTo(channel, counters, peer -> serve(channel, peer, loop, context));
                        } else {
                            serve(channel, channel.remoteAddress(), loop, context);
                        }
                    }
                })
                .bind(new InetSocketAddress(at.host(), at.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            tls.ifPresent(ServerTls::close);
            users.ifPresent(SourceUsers::close);
            throw new SourceException(
                    "source " + name + " cannot listen on " + at + ": "
                            + reason(bound.cause()) + "; end what listens there, or give sources." + name
                            + ".address another address or port (0: any free one)",
                    bound.cause());
        }
        loops.values().forEach(loop -> loop.watchLines(settings.lineTimeout()));
        address = Addresses.text(bound.channel().localAddress());
        server = bound.channel();
    }

    private static void serve(
            SocketChannel channel, SocketAddress peer, ConnectionLoop loop, ConnectionContext context) {
        context.tls().ifPresent(tls -> channel.pipeline().addLast(tls.newHandler(channel.alloc())));
        channel.pipeline().addLast(new ConnectionHandler(new Connection(context, loop, channel, peer, reason -> {})));
    }

    private void startTls(ServerTls own) {
        try {
            own.start();
        } catch (TlsException e) {
            users.ifPresent(SourceUsers::close);
            throw SourceException.of(name, e);
        }
    }

    @Override
    public synchronized CompletableFuture<Void> drain() {
        if (ended == null) {
            close(CloseReason.DRAINED, connection -> connection.end(CloseReason.DRAINED));
        }
        return ended;
    }

    @Override
    public synchronized CompletableFuture<Void> abort(String code, String text) {
        CloseReason ending = new CloseReason(ErrorCode.of(code), text);
        close(ending, connection -> connection.abort(ending));
        return ended;
    }

    @Override
    public boolean reload() {
        tls.ifPresent(ServerTls::reloadNow);
        return tls.isPresent();
    }

    @Override
    public SourceStatus status() {
        return new SourceStatus(
                address,
                limit.open(),
                counters.records(),
                counters.bytes(),
                counters.refusals(),
                unread.resets(),
                unfinished.used(),
                loops.values().stream().anyMatch(loop -> loop.room().isShort()),
                null,
                null,
                tls.map(ServerTls::status).orElse(null),
                users.map(SourceUsers::status).orElse(null));
    }

    /**
     * Listens no more, then ends all connections. What was accepted before the listening socket closed was given to its
     * event loop before it is closed here, so no connection is missed.
     */
    private void close(CloseReason ending, Consumer<Connection> end) {
        Channel listening = server;
        if (listening == null) {
            ended = CompletableFuture.completedFuture(null);
        }
        if (ended != null && ended.isDone()) {
            return;
        }
        Collection<ConnectionLoop> all = loops.values();
        CompletableFuture<Void> reached = new CompletableFuture<>();
        listening.close().addListener(closed -> {
            all.forEach(loop -> loop.close(ending, end));
            reached.complete(null);
        });
        tls.ifPresent(ServerTls::close);
        users.ifPresent(SourceUsers::close);
        ended = all.stream().map(ConnectionLoop::ended).reduce(reached, CompletableFuture::allOf);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException) {
            return "the host is not known";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
