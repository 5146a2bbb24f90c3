package io.decant.ingest.source.http;

import io.decant.config.HostPort;
import io.decant.config.HttpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
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
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in the bodies of HTTP requests, as docs/http-source.md describes them. A request is answered with success
 * once all of its records are synced.
 *
 * <p>It stands on a Vert.x of its own, with a server on each event loop. Methods are safe from any thread, but
 * {@link #start} waits for the socket and so must not run on one of the loops.
 */
public final class HttpSource implements Source {

    private static final int BACKLOG = 1_024;
    /** Threads that check and decompress long bodies. */
    private static final int WORKERS_MAX = 4;
    /** How soon a client is expected to send its first bytes. */
    private static final int SILENT_SECONDS_MAX = 10;

    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int LINE_BYTES_MAX = 8 << 10;
    /** What is read of a body at a time. */
    private static final int CHUNK_BYTES_MAX = 64 << 10;
    /** Part of the streams that the journal keeps of a source which sessions may be; the rest is for keys. */
    private static final int SESSIONS_DIVISOR = 2;
    /** Of the name of a stream, for a message. */
    private static final int USUAL_NAME_LENGTH = 50;
    /** Servers of one source share a port by a number of their own, where it is any free one. */
    private static final AtomicInteger SHARED_PORTS = new AtomicInteger();

    private static final Logger log = LoggerFactory.getLogger(HttpSource.class);

    private final String name;
    private final HttpSourceSettings settings;
    private final InstantSource clock;
    private final ServedTime served;
    private final UnfinishedBudget unfinished;
    private final ConnectionShare share;
    private final int eventLoops;
    private final Optional<ServerTls> tls;
    private final SourceCounters counters = new SourceCounters();
    private final Optional<SourceUsers> users;
    private final List<HttpLoop> loops = new CopyOnWriteArrayList<>();

    /** Null until it listens. */
    private volatile HttpContext context;

    private volatile String address = "";

    /** Of its own: see {@link BoundedTransport}. Null until it listens. */
    private Vertx vertx;

    /** Null until it is drained or aborted. */
    private CompletableFuture<Void> ended;

    /**
     * @param clock for arrival times
     * @param served by which keys and sessions age
     * @param unfinished shared by all sources
     * @param share in place of {@code max-connections}
     * @param eventLoops that it runs on
     * @param tls that is started and closed with the source; empty: connections are not encrypted
     * @param shared on which files of tokens are read again
     */
    public HttpSource(
            String name,
            HttpSourceSettings settings,
            InstantSource clock,
            ServedTime served,
            UnfinishedBudget unfinished,
            ConnectionShare share,
            int eventLoops,
            Optional<ServerTls> tls,
            Vertx shared) {
        this.name = name;
        this.settings = settings;
        this.clock = clock;
        this.served = served;
        this.unfinished = unfinished;
        this.share = share;
        this.eventLoops = eventLoops;
        this.tls = tls;
        this.users = SourceUsers.of(name, settings.users(), counters, shared);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start(Intake intake, Map<String, ResumableStream> kept) {
        Map<String, ResumableStream> requests = new LinkedHashMap<>();
        Map<String, ResumableStream> sessions = new LinkedHashMap<>();
        kept.forEach((stream, position) ->
                (stream.startsWith(StreamId.REQUEST_PREFIX) ? requests : sessions).put(stream, position));
        Cors cors = new Cors(settings.corsOrigins());
        HttpContext shared = new HttpContext(
                name,
                settings,
                intake,
                clock,
                unfinished,
                PooledByteBufAllocator.DEFAULT,
                new RequestRules(settings, cors),
                cors,
                new IdempotencyKeys(
                        served,
                        settings.idempotencyRetain(),
                        settings.idempotencyMax(),
                        intake.requestBytesMax(),
                        requests),
                new HttpSessions(
                        served, settings.sessionRetain(), intake.keptStreamsMax() / SESSIONS_DIVISOR, sessions),
                new PeerLimit(share),
                counters,
                users,
                new AtomicLong());
        sayHowManyKeys(intake.requestBytesMax());
        HttpServerOptions options = options();
        users.ifPresent(SourceUsers::start);
        if (tls.isPresent()) {
            startTls(tls.get(), options);
        }
        HostPort at = settings.address();
        SocketAddress listened = at.port() == 0
                ? SocketAddress.sharedRandomPort(SHARED_PORTS.incrementAndGet(), at.host())
                : SocketAddress.inetSocketAddress(at.port(), at.host());
        vertx = Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(eventLoops)
                        .setWorkerPoolSize(WORKERS_MAX)
                        // It serves no files, and must start where the disk of the temporary ones is full.
                        .setFileSystemOptions(new FileSystemOptions()
                                .setClassPathResolvingEnabled(false)
                                .setFileCachingEnabled(false)))
                .withTransport(new BoundedTransport(name, share.acceptedMax()))
                .build();
        try {
            var unused = vertx.deployVerticle(
                            () -> {
                                HttpLoop loop = new HttpLoop(shared, options, listened, this::connectionFailed);
                                loops.add(loop);
                                return loop;
                            },
                            new DeploymentOptions().setInstances(eventLoops))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            loops.clear();
            tls.ifPresent(ServerTls::close);
            users.ifPresent(SourceUsers::close);
            var closing = vertx.close();
            log.debug("source {}: closed before it listened: {}", name, closing);
            throw new SourceException(
                    "source " + name + " cannot listen on " + settings.address() + ": " + reason(e.getCause())
                            + "; end what listens there, or give sources." + name
                            + ".address another address or port (0: any free one)",
                    e.getCause());
        }
        address = new HostPort(settings.address().host(), loops.get(0).port()).toString();
        context = shared;
        tls.ifPresent(this::showAsItChanges);
    }

    private void showAsItChanges(ServerTls own) {
        own.onReload(() -> loops.forEach(loop -> loop.show(own.options())));
        // It may have changed while the servers began.
        loops.forEach(loop -> loop.show(own.options()));
    }

    private void sayHowManyKeys(long bytesMax) {
        long keys = bytesMax / JournalState.requestBytes("x".repeat(USUAL_NAME_LENGTH));
        if (keys < settings.idempotencyMax()) {
            log.info(
                    "source {}: about {} idempotency keys are remembered, fewer than idempotency-max, which is {}; a"
                            + " larger heap (-Xmx) holds more, up to an eighth of journal.segment-size",
                    name,
                    keys,
                    settings.idempotencyMax());
        }
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setAcceptBacklog(BACKLOG)
                .setTcpKeepAlive(true)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(LINE_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setHandle100ContinueAutomatically(false)
                .setIdleTimeout(SILENT_SECONDS_MAX)
                .setUseProxyProtocol(settings.proxyProtocol());
    }

    private void startTls(ServerTls own, HttpServerOptions options) {
        try {
            own.start();
        } catch (TlsException e) {
            users.ifPresent(SourceUsers::close);
            throw SourceException.of(name, e);
        }
        ServerSSLOptions ssl = own.options();
        options.setSsl(true)
                .setUseAlpn(ssl.isUseAlpn())
                .setKeyCertOptions(ssl.getKeyCertOptions())
                .setTrustOptions(ssl.getTrustOptions())
                .setClientAuth(ssl.getClientAuth())
                .setEnabledSecureTransportProtocols(ssl.getEnabledSecureTransportProtocols())
                .setSslHandshakeTimeout(ssl.getSslHandshakeTimeout())
                .setSslHandshakeTimeoutUnit(ssl.getSslHandshakeTimeoutUnit());
    }

    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "the host is not known";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Before it came to a request. */
    private void connectionFailed(Throwable cause) {
        log.debug("source {}: a connection failed: {}", name, cause.toString());
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            counters.refused();
            tls.ifPresent(own -> own.handshakeFailed("a client", cause));
        }
    }

    @Override
    public synchronized CompletableFuture<Void> drain() {
        if (ended == null) {
            Refusal refusal = Refusal.retry(503, "shutting-down", "the server stops; send it again later");
            end(loop -> loop.drain(refusal));
        }
        return ended;
    }

    @Override
    public synchronized CompletableFuture<Void> abort(String code, String text) {
        if (ended == null || !ended.isDone()) {
            Refusal refusal = Refusal.retry(503, code, text);
            end(loop -> loop.abort(refusal));
        }
        return ended;
    }

    /** Ends all requests, then listens no more. */
    private void end(Consumer<HttpLoop> ending) {
        if (context == null) {
            ended = CompletableFuture.completedFuture(null);
            return;
        }
        loops.forEach(ending);
        tls.ifPresent(ServerTls::close);
        users.ifPresent(SourceUsers::close);
        boolean first = ended == null;
        if (first) {
            ended = CompletableFuture.allOf(loops.stream().map(HttpLoop::ended).toArray(CompletableFuture[]::new))
                    .thenCompose(idle -> vertx.close().toCompletionStage())
                    .exceptionally(failed -> {
                        log.warn("source {} did not close well", name, failed);
                        return null;
                    });
        }
    }

    @Override
    public boolean reload() {
        tls.ifPresent(ServerTls::reloadNow);
        return tls.isPresent();
    }

    @Override
    public SourceStatus status() {
        HttpContext listening = context;
        boolean paused = listening != null
                && (listening.intake().isPaused() || loops.stream().anyMatch(HttpLoop::isShort));
        return new SourceStatus(
                address,
                listening == null ? 0 : listening.limit().open(),
                counters.records(),
                counters.bytes(),
                counters.refusals(),
                0,
                unfinished.used(),
                paused,
                null,
                listening == null ? null : listening.keys().status(),
                tls.map(ServerTls::status).orElse(null),
                users.map(SourceUsers::status).orElse(null));
    }
}
