package io.decant.ingest.pipeline;

import io.decant.config.HttpSinkSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.DataDirectory;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.sink.HttpSink;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.VertxHttpTransport;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.TcpSource;
import io.decant.ingest.source.UnfinishedBudget;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: the settings become a running server, which reads like the picture in {@link Pipeline}. Start, drain
 * and close are called from one thread; the rest from any.
 */
public final class Server implements AutoCloseable {

    /** The server's life; see {@link #transition}. */
    public enum State {
        STARTING,
        RUNNING,
        /** Takes nothing more; delivers what it has. */
        DRAINING,
        STOPPED,
        /** The journal or a stage failed: nothing is acknowledged any more. */
        FAILED
    }

    /** How often the end of a drain is looked for. */
    private static final long DRAIN_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** How long clients are given to read why they are sent away. */
    private static final Duration FAREWELL = Duration.ofSeconds(6);

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Settings settings;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final Map<Stage, StageThread> threads = new ConcurrentHashMap<>();
    private final Map<String, StageThread> sinkThreads = new ConcurrentHashMap<>();
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();
    private final List<Sink> sinks = new ArrayList<>();
    private Pipeline pipeline;
    private State state = State.STARTING;

    private Server(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts a server; when this returns it listens.
     *
     * @param forgetSinks sinks that are gone from the settings and whose undelivered batches may be forgotten
     * @throws JournalException where the data directory or the journal does not allow it
     * @throws io.decant.ingest.source.SourceException where a source cannot listen
     */
    public static Server start(Settings settings, Set<String> forgetSinks) {
        Server server = new Server(settings);
        try {
            server.start(forgetSinks);
            return server;
        } catch (Throwable e) {
            server.release();
            throw e;
        }
    }

    private void start(Set<String> forgetSinks) {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        int cores = Runtime.getRuntime().availableProcessors();

        DataDirectory dataDir = own(DataDirectory.open(settings.dataDir(), random));
        ChronicleSegmentStore store = openStore();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(cores).setPreferNativeTransport(true));
        own(() -> vertx.close().toCompletionStage().toCompletableFuture().join());
        ExecutorService assigners = Executors.newFixedThreadPool(cores, work -> daemon(work, "decant-assign"));
        own(assigners::shutdown);

        settings.sinks().forEach((name, sink) -> sinks.add(sink(name, sink, vertx, random, clock)));
        pipeline = own(new Pipeline(
                settings,
                store,
                dataDir.journalId(),
                sinks,
                forgetSinks,
                new Pipeline.World(clock, random, cores, assigners),
                System.nanoTime()));
        own(this::stopThreads);
        startThreads();

        EventLoopGroup eventLoops = own(TcpSource.eventLoops(cores), group -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        UnfinishedBudget unfinished =
                new UnfinishedBudget(settings.journal().unfinished().bytes());
        settings.sources().forEach((name, source) -> sources.add(source(name, source, eventLoops, clock, unfinished)));
        for (Source source : sources) {
            source.start(pipeline.intake(), pipeline.keptStreams(source.name()));
            log.info("source {} listens on {}", source.name(), source.status().address());
        }
        transition(State.RUNNING, "listening");
    }

    private ChronicleSegmentStore openStore() {
        try {
            // The pipeline closes it.
            return new ChronicleSegmentStore(
                    settings.dataDir(), settings.journal().segmentSize().bytes());
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + settings.dataDir() + " cannot be opened: " + e + "; mend that, or set another data-dir",
                    e);
        }
    }

    private Sink sink(String name, SinkSettings sink, Vertx vertx, SecureRandom random, InstantSource clock) {
        if (sink instanceof HttpSinkSettings http) {
            return new HttpSink(
                    name,
                    http,
                    new VertxHttpTransport(vertx, http),
                    PooledByteBufAllocator.DEFAULT,
                    random,
                    clock,
                    () -> wakeSink(name));
        }
        throw new IllegalArgumentException("no sink for " + sink.getClass());
    }

    private static Source source(
            String name, SourceSettings source, EventLoopGroup eventLoops, InstantSource clock, UnfinishedBudget unfinished) {
        if (source instanceof TcpSourceSettings tcp) {
            return new TcpSource(name, tcp, eventLoops, clock, unfinished);
        }
        throw new IllegalArgumentException("no source for " + source.getClass());
    }

    private void startThreads() {
        for (Stage stage : pipeline.stages()) {
            threads.put(stage, new StageThread(stage, System::nanoTime, this::failed));
        }
        for (Lane lane : pipeline.lanes()) {
            sinkThreads.put(lane.sink().name(), threads.get(lane));
        }
        pipeline.wakeBy(stage -> threads.get(stage).wake());
        threads.values().forEach(StageThread::start);
    }

    private void wakeSink(String name) {
        StageThread thread = sinkThreads.get(name);
        if (thread != null) {
            thread.wake();
        }
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** A stage threw: nothing that is not acknowledged by now ever will be. */
    private void failed(Stage stage, Throwable e) {
        transition(State.FAILED, stage.name() + ": " + e.getMessage());
        threads.values().forEach(StageThread::stop);
        failure.complete(e);
    }

    /** Completes with what went wrong, if ever a stage fails; the server must be {@linkplain #close closed} then. */
    public CompletableFuture<Throwable> failure() {
        return failure;
    }

    /**
     * Stops taking, syncs, acknowledges, cuts and delivers, as far as {@code shutdown-timeout} allows; what is undelivered waits
     * in the journal. Then everything is closed.
     *
     * @return whether everything was delivered
     */
    public boolean drain() {
        transition(State.DRAINING, "asked to stop");
        long deadline = System.nanoTime() + settings.shutdownTimeout().toNanos();
        await(sources.stream().map(Source::drain).toList(), settings.shutdownTimeout());
        pipeline.cutAll();
        while (!pipeline.isDelivered() && !failure.isDone() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(this, DRAIN_LOOK_NANOS);
        }
        boolean delivered = pipeline.isDelivered();
        if (!delivered) {
            log.warn(
                    "stopping with {} bytes of the journal undelivered; they go out after the next start",
                    pipeline.positions().appended() - pipeline.positions().delivered());
        }
        close();
        return delivered;
    }

    private static void await(List<CompletableFuture<Void>> all, Duration atMost) {
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("not every client could be told within {}", atMost);
        } catch (ExecutionException e) {
            log.warn("a source did not end well: {}", e.getCause().toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends at once, gracefully or not depending on the state: after a failure, clients are told of it. */
    @Override
    public void close() {
        if (state() == State.FAILED) {
            await(
                    sources.stream()
                            .map(source -> source.abort("journal-failed", "nothing more is acknowledged; see the server's log"))
                            .toList(),
                    FAREWELL);
        }
        release();
        if (state() != State.FAILED) {
            transition(State.STOPPED, "closed");
        }
    }

    private void stopThreads() {
        threads.values().forEach(StageThread::stop);
        for (StageThread thread : threads.values()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Closes everything that was opened, the last first. */
    private void release() {
        for (int i = closeables.size() - 1; i >= 0; i--) {
            try {
                closeables.get(i).close();
            } catch (Exception e) {
                log.warn("while stopping: {}", e.toString());
            }
        }
        closeables.clear();
    }

    private <T extends AutoCloseable> T own(T closeable) {
        closeables.add(closeable);
        return closeable;
    }

    private <T> T own(T thing, java.util.function.Consumer<T> close) {
        closeables.add(() -> close.accept(thing));
        return thing;
    }

    /** The one place where the server's state changes. */
    private synchronized void transition(State next, String why) {
        if (state == next || state == State.FAILED || state == State.STOPPED) {
            return;
        }
        if (next == State.FAILED) {
            log.error("server: {} -> {}: {}", state, next, why);
        } else {
            log.info("server: {} -> {}: {}", state, next, why);
        }
        state = next;
    }

    public synchronized State state() {
        return state;
    }

    public Settings settings() {
        return settings;
    }

    public List<Source> sources() {
        return List.copyOf(sources);
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** Stages that have not finished a turn for this long. */
    public List<String> stalledStages(Duration limit) {
        return threads.values().stream()
                .filter(thread -> !thread.isLively(limit.toNanos()))
                .map(thread -> thread.stage().name())
                .sorted()
                .toList();
    }
}
