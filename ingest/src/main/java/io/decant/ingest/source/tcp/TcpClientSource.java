package io.decant.ingest.source.tcp;

import io.decant.config.HostPort;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.offload.log.LoggedCauses;
import io.decant.offload.retry.DoublingDelay;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Newline-delimited records of a server that is connected to ({@code connect: host:port}), as {@code nc -lk 9999} is
 * one. There is one connection at a time. When it ends, the next one is made after a {@link DoublingDelay}, forever.
 *
 * <p>The server is never told what was read. So what it sent is lost if it was not read when the connection ended, or
 * was read and not synced when this process ended.
 *
 * <p>A name may have several addresses. An attempt takes one of them; when it fails, the next attempt takes the next
 * one.
 *
 * <p>Its state belongs to one event loop, on which its connections live, too. Names are looked up elsewhere, since that
 * blocks. Its methods are safe from any thread.
 */
final class TcpClientSource implements Source {

    /** An attempt that takes longer has failed. */
    static final int CONNECT_MILLIS_MAX = 10_000;

    /** How long a connection must have lasted for a cause that the log has to be logged again. */
    private static final Duration CALM = Duration.ofMinutes(1);

    private static final DoublingDelay DELAY = DoublingDelay.of(Duration.ofMillis(100), Duration.ofSeconds(5));

    private static final Logger log = LoggerFactory.getLogger(TcpClientSource.class);

    /** Where the source is; {@link #word} shows in {@code /status}. */
    private enum State {
        /** An attempt is under way, or the first one is about to be. */
        CONNECTING("connecting"),
        /** There is a connection. */
        READING("reading"),
        /** The last attempt failed or the last connection ended; the next attempt waits. */
        AWAY("away"),
        /** No more attempts; what was read is being synced. */
        DRAINING("draining"),
        /** Over. */
        STOPPED("stopped");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    /** All addresses of a host. Completes on any thread. */
    interface HostLookup {
        CompletableFuture<List<InetAddress>> addresses(String host);
    }

    private final String name;
    private final TcpSourceSettings settings;
    private final HostPort server;
    private final EventLoop home;
    private final HostLookup lookup;
    private final InstantSource clock;
    private final ServedTime served;
    private final UnfinishedBudget unfinished;
    private final ConnectionLimit limit = new ConnectionLimit(ConnectionShare.usual(1));
    private final SourceCounters counters = new SourceCounters();

    /** Null until it starts. */
    private volatile ConnectionLoop loop;

    private volatile State state = State.CONNECTING;
    private volatile String lastError = "";

    // What follows belongs to the event loop.

    private ConnectionContext context;

    /** Counts the addresses that were tried in vain: the next attempt takes the one of this number. */
    private int address;

    /** Attempts and connections that brought nothing, one after another. */
    private int failures;

    /** Null where no attempt is awaited. */
    private Future<?> retry;

    /** Of the attempt under way or of the connection; null where there is neither. */
    private Channel channel;

    private long connectedAtMillis;
    private long bytesBefore;

    /** Causes without the address, since one name may have several that fail in turn. */
    private final LoggedCauses logged = new LoggedCauses();

    private boolean saysConnected = true;

    /**
     * @param settings with {@code connect}
     * @param eventLoops made by {@link Transport#eventLoops}; not shut down here
     * @param clock for arrival times
     * @param served for the sessions that it does not have
     * @param unfinished shared by all TCP sources
     */
    TcpClientSource(
            String name,
            TcpSourceSettings settings,
            EventLoopGroup eventLoops,
            HostLookup lookup,
            InstantSource clock,
            ServedTime served,
            UnfinishedBudget unfinished) {
        this.name = name;
        this.settings = settings;
        this.server = settings.connect().orElseThrow();
        this.home = eventLoops.next();
        this.lookup = lookup;
        this.clock = clock;
        this.served = served;
        this.unfinished = unfinished;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start(Intake intake, Map<String, ResumableStream> kept) {
        ConnectionLoop connections = new ConnectionLoop(home, intake, limit);
        SessionRegistry noSessions = new SessionRegistry(
                name,
                home,
                served,
                settings.sessionRetain(),
                intake.keptStreamsMax(),
                settings.sessionsPerAddress(),
                Map.of());
        ConnectionContext shared = new ConnectionContext(
                name,
                settings,
                intake,
                clock,
                unfinished,
                noSessions,
                limit,
                counters,
                new UnreadAnswers(name),
                // The server's address comes back in every run, so the number alone tells a stream from earlier ones.
                // It stays behind the clock: there is at most one connection in DELAY.
                new AtomicLong(clock.millis()),
                Optional.empty(),
                Optional.empty());
        connections.watchLines(settings.lineTimeout());
        loop = connections;
        home.execute(() -> {
            context = shared;
            attempt();
        });
    }

    @Override
    public CompletableFuture<Void> drain() {
        return close(CloseReason.DRAINED, connection -> connection.end(CloseReason.DRAINED));
    }

    @Override
    public CompletableFuture<Void> abort(String code, String text) {
        CloseReason reason = new CloseReason(ErrorCode.of(code), text);
        return close(reason, connection -> connection.abort(reason));
    }

    @Override
    public SourceStatus status() {
        ConnectionLoop connections = loop;
        return new SourceStatus(
                server.toString(),
                limit.open(),
                counters.records(),
                counters.bytes(),
                counters.refusals(),
                0,
                unfinished.used(),
                connections != null && connections.room().isShort(),
                new SourceStatus.Reading(state.word, lastError, null));
    }

    private CompletableFuture<Void> close(CloseReason reason, Consumer<Connection> end) {
        ConnectionLoop connections = loop;
        if (connections == null) {
            return CompletableFuture.completedFuture(null);
        }
        home.execute(() -> stop(reason));
        connections.close(reason, end);
        return connections.ended().thenRun(() -> home.execute(() -> become(State.STOPPED, reason)));
    }

    private void stop(CloseReason reason) {
        if (!isEnding()) {
            become(State.DRAINING, reason);
        }
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        if (channel != null && !channel.isActive()) {
            // An attempt that is under way.
            var unused = channel.close();
            channel = null;
        }
    }

    private boolean isEnding() {
        return state == State.DRAINING || state == State.STOPPED;
    }

    private void attempt() {
        retry = null;
        if (isEnding()) {
            return;
        }
        become(State.CONNECTING, server);
        var unused = lookup.addresses(server.host())
                .whenComplete((addresses, unknown) -> home.execute(() -> {
                    if (isEnding()) {
                        return;
                    }
                    if (unknown == null) {
                        connect(addresses);
                    } else {
                        String cause = "the host " + server.host() + " is not known";
                        failed(cause, cause);
                    }
                }));
    }

    private void connect(List<InetAddress> addresses) {
        InetAddress chosen = addresses.get(Math.floorMod(address, addresses.size()));
        InetSocketAddress peer = new InetSocketAddress(chosen, server.port());
        ChannelFuture connected = new Bootstrap()
                .group(home)
                .channel(Transport.clientChannel(home))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel made) {
                        made.config().setRecvByteBufAllocator(new ReceiveAllocator(loop::readBytesMax));
                        made.pipeline()
                                .addLast(new ConnectionHandler(new Connection(
                                        context, loop, made, peer, TcpClientSource.this::connectionClosed)));
                    }
                })
                .connect(peer);
        channel = connected.channel();
        bytesBefore = counters.bytes();
        connected.addListener(attempted -> {
            if (connected.channel() != channel) {
                return;
            }
            if (attempted.isSuccess()) {
                connected(peer);
            } else {
                channel = null;
                String reason = reason(attempted.cause(), peer);
                failed(reason, "no connection to " + Addresses.text(peer) + ": " + reason);
            }
        });
    }

    private void connected(InetSocketAddress peer) {
        connectedAtMillis = clock.millis();
        become(State.READING, peer);
        lastError = "";
        if (saysConnected) {
            saysConnected = false;
            log.info("source {}: connected to {}, reads from it", name, Addresses.text(peer));
        }
    }

    /** The connection is over, and all that was read of it is synced. */
    private void connectionClosed(CloseReason reason) {
        channel = null;
        if (isEnding()) {
            return;
        }
        if (clock.millis() - connectedAtMillis >= CALM.toMillis()) {
            logged.works(nanos());
        }
        String cause = reason.equals(CloseReason.INPUT_ENDED) ? "the server ended the connection" : reason.text();
        if (counters.bytes() > bytesBefore) {
            failures = 1;
            again(cause, cause);
        } else {
            failed(cause, cause);
        }
    }

    /** This address brought nothing. */
    private void failed(String kind, String cause) {
        address++;
        failures++;
        again(kind, cause);
    }

    /** @param kind the cause without what differs from one attempt to the next */
    private void again(String kind, String cause) {
        lastError = cause;
        if (logged.failed(kind, nanos())) {
            saysConnected = true;
            log.warn("source {}: {}; reconnecting to {} until it succeeds", name, cause, server);
        }
        become(State.AWAY, cause);
        retry = home.schedule(this::attempt, DELAY.nanos(failures), TimeUnit.NANOSECONDS);
    }

    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    private void become(State next, Object reason) {
        log.debug("source {}: {} -> {}, {}", name, state, next, reason);
        state = next;
    }

    /** Of the cause, without the address, which Netty adds. */
    private static String reason(Throwable cause, InetSocketAddress peer) {
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        int end = text.lastIndexOf(": " + peer);
        return end < 0 ? text : text.substring(0, end);
    }
}
