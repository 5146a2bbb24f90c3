package io.decant.ingest.server;

import io.decant.bucketer.FreeBlocks;
import io.decant.config.AdminUserSettings;
import io.decant.config.Settings;
import io.decant.ingest.admin.AdminSecurity;
import io.decant.ingest.admin.AdminServer;
import io.decant.ingest.admin.Metrics;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.admin.ReplayQuery;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.Extraction;
import io.decant.ingest.batch.FileTrialStore;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.history.Counts;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.pipeline.Lane;
import io.decant.ingest.pipeline.Pipeline;
import io.decant.ingest.pipeline.PipelineContext;
import io.decant.ingest.pipeline.PipelineStorage;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.pipeline.SizeLimits;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkJobs;
import io.decant.ingest.sink.StandardOutput;
import io.decant.ingest.sink.spark.JobShapes;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceContext;
import io.decant.ingest.source.SourceNeeds;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.tls.ServerTls;
import io.decant.ingest.users.Users;
import io.decant.ingest.users.UsersException;
import io.decant.offload.client.JobJars;
import io.decant.offload.client.Offloader;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: settings become a running server, whose inside is the picture in {@link Pipeline}.
 *
 * <p>{@link #start}, {@link #drain} and {@link #close} are for one thread, the rest for any.
 */
public final class Server implements AutoCloseable {

    /** How often the end of a drain is looked for. */
    private static final long DRAIN_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** How long clients may take to read why their connection is closed. */
    private static final Duration FAREWELL = Duration.ofSeconds(6);

    /** Of memory off the heap that one batch leaves to the next. */
    private static final long KEPT_BYTES_MAX = 128L << 20;

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final Settings settings;
    private final Lifecycle lifecycle = new Lifecycle();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CloseStack closing = new CloseStack();

    private List<Source> sources = List.of();
    private Pipeline pipeline;
    private StageThreads threads;
    private StatusReport report;
    private SinkJobs jobs;
    private AdminServer admin;

    private Server(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts a server; when this returns it listens.
     *
     * @param forgetSinks sinks that were removed from the settings and whose undelivered batches may be forgotten
     * @throws JournalException where the data directory or the journal does not allow it
     * @throws io.decant.ingest.source.SourceException where a source cannot listen
     * @throws io.decant.ingest.admin.AdminServer.AdminException where the admin server cannot
     */
    public static Server start(Settings settings, Set<String> forgetSinks) {
        return start(settings, forgetSinks, Optional.empty());
    }

    /**
     * The same, where a sink gets batches again before it continues.
     *
     * @throws JournalException also where these batches cannot be replayed
     */
    public static Server start(Settings settings, Set<String> forgetSinks, Optional<ReplayRange> replay) {
        return start(settings, forgetSinks, replay, ChronicleSegmentStore::new);
    }

    /**
     * The same, with all options of a start.
     *
     * @throws JournalException also where that cannot be
     */
    public static Server start(Settings settings, StartOptions options) {
        return start(
                settings,
                options,
                ChronicleSegmentStore::new,
                new FileDeadLetterStore(settings.dataDir()),
                UnaryOperator.identity());
    }

    /**
     * Starts what is inside a server, to do what a command asks for: it takes nothing in, and listens nowhere.
     *
     * @throws JournalException where the data directory or the journal does not allow it
     */
    public static Server startWithoutSources(Settings settings) {
        return new Server(settings)
                .started(server -> server.startInside(
                        StartOptions.NONE,
                        ChronicleSegmentStore::new,
                        new FileDeadLetterStore(settings.dataDir()),
                        UnaryOperator.identity()));
    }

    /** Opens the segments under a data directory. */
    interface StoreOpener {
        SegmentStore open(Path dataDir, long segmentSize) throws IOException;
    }

    /** The same with a journal on a disk that a test can break. */
    static Server start(
            Settings settings, Set<String> forgetSinks, Optional<ReplayRange> replay, StoreOpener storeOpener) {
        return start(settings, forgetSinks, replay, storeOpener, new FileDeadLetterStore(settings.dataDir()));
    }

    /** The same with dead letters there, too. */
    static Server start(
            Settings settings,
            Set<String> forgetSinks,
            Optional<ReplayRange> replay,
            StoreOpener storeOpener,
            DeadLetterStore deadLetterStore) {
        return start(settings, forgetSinks, replay, storeOpener, deadLetterStore, UnaryOperator.identity());
    }

    /** The same where a test may have the extraction of keys fail. */
    static Server start(
            Settings settings,
            Set<String> forgetSinks,
            Optional<ReplayRange> replay,
            StoreOpener storeOpener,
            DeadLetterStore deadLetterStore,
            UnaryOperator<Extraction> extraction) {
        return start(settings, new StartOptions(forgetSinks, replay), storeOpener, deadLetterStore, extraction);
    }

    private static Server start(
            Settings settings,
            StartOptions options,
            StoreOpener storeOpener,
            DeadLetterStore deadLetterStore,
            UnaryOperator<Extraction> extraction) {
        return new Server(settings)
                .started(server ->
                        server.serve(server.startInside(options, storeOpener, deadLetterStore, extraction), options));
    }

    private Server started(Consumer<Server> starting) {
        try {
            starting.accept(this);
            return this;
        } catch (Throwable e) {
            closing.close();
            throw e;
        }
    }

    /** What is open beneath the pipeline. */
    private record ServerResources(
            DataDirectory dataDir,
            Vertx vertx,
            EventLoopGroup eventLoops,
            Metrics metrics,
            InstantSource clock,
            SecureRandom random) {}

    private ServerResources startInside(
            StartOptions options,
            StoreOpener storeOpener,
            DeadLetterStore deadLetterStore,
            UnaryOperator<Extraction> extraction) {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        int cores = Runtime.getRuntime().availableProcessors();

        DataDirectory dataDir = closing.put(DataDirectory.open(settings.dataDir(), random));
        Offloading.removeScratch(settings);
        Vertx vertx = ThreadPools.vertx(cores, closing);
        // Outlive the stages, whose acknowledgements they pass on.
        EventLoopGroup eventLoops = ThreadPools.eventLoops(cores, closing);
        ExecutorService assigners = ThreadPools.assigners(cores, closing);
        SegmentStore store = closing.put(openStore(storeOpener));

        Optional<BatchOffload.OffloadContext> offload = settings.offload().isOn()
                ? Optional.of(Offloading.of(settings, JournalId.text(dataDir.journalId()), random))
                : Optional.empty();
        offload.ifPresent(context -> closing.put(context.offloader(), Offloader::close));
        JobJars jars = closing.put(Offloading.jobJars(settings));
        jobs = Offloading.jobs(settings, JournalId.text(dataDir.journalId()), jars);
        // Nothing comes back from a sink before the pipeline has sent something.
        SinkContext forSinks = new SinkContext(
                settings.name(),
                JournalId.text(dataDir.journalId()),
                vertx,
                random,
                clock,
                sink -> pipeline.wakeLane(sink),
                StandardOutput.ofProcess(),
                BuilderThreads.of(assigners, cores - 1),
                jobs);
        pipeline = closing.put(new Pipeline(
                settings,
                new PipelineStorage(store, dataDir.journalId(), deadLetterStore, new FileTrialStore(dataDir.path())),
                sinks(forSinks),
                options,
                new PipelineContext(
                        clock,
                        random,
                        cores,
                        assigners,
                        GroupLimits.measured(SizeLimits.blockBytesMax(settings))
                                .caching(settings.journal().cachedBacklog().bytes()),
                        settings.journal().maxBacklog().bytes(),
                        offload,
                        System::nanoTime,
                        new JobShapes(jars),
                        extraction),
                System.nanoTime()));
        Metrics metrics = closing.put(new Metrics());
        pipeline.timeSyncs(System::nanoTime, metrics::synced);
        threads = closing.put(new StageThreads(stages(store), System::nanoTime, this::failed));
        threads.pair(pipeline.writerStage(), pipeline.syncer());
        threads.start();
        report = new StatusReport(settings, lifecycle, pipeline, threads, sources, clock);
        return new ServerResources(dataDir, vertx, eventLoops, metrics, clock, random);
    }

    private void serve(ServerResources resources, StartOptions options) {
        AdminAddress adminAddress = AdminAddress.in(resources.dataDir().path());
        DescriptorShares shares = DescriptorShares.measured(settings);
        UnfinishedBudget unfinished =
                new UnfinishedBudget(settings.journal().unfinished().bytes(), shares.lineConnections() + lineClients());
        SourceContext forSources = new SourceContext(
                resources.eventLoops(),
                resources.vertx(),
                resources.clock(),
                pipeline.servedTime(),
                unfinished,
                shares.connections(),
                resources.dataDir().path(),
                pipeline.imports(),
                options.replannedTables());
        sources = SourceTypes.of(settings).stream()
                .map(source -> source.create(forSources))
                .toList();
        report = new StatusReport(settings, lifecycle, pipeline, threads, sources, resources.clock());
        AdminToken adminToken = closing.put(AdminToken.in(resources.dataDir().path()));
        admin = closing.put(new AdminServer(
                settings.admin(),
                shares.adminConnections(),
                new AdminSecurity(
                        settings.admin().tls().map(tls -> new ServerTls(
                                        "admin", tls, resources.vertx(), resources.clock())
                                .lettingItselfIn()),
                        adminUsers(resources.vertx()),
                        adminToken.make(resources.random()),
                        resources.random(),
                        System::nanoTime),
                resources.metrics(),
                report::now,
                this::replay,
                pipeline.history()));
        admin.start();
        closing.put(adminAddress).write(admin.address());
        closing.put(sources, this::end);
        for (Source source : sources) {
            source.start(pipeline.intake(), pipeline.keptStreams(source.name()));
        }
        closing.put(new HistoryTicker(pipeline.history(), report::now, this::counts, System::nanoTime))
                .start();
        new EarlierStaging(settings, pipeline.journalId()).start();
        new RemovedJobs(settings, jobs).start();
        lifecycle.transition(
                Lifecycle.State.RUNNING,
                "journal " + pipeline.journalId() + ", " + listening() + ", admin on " + admin.address());
    }

    private Users adminUsers(Vertx vertx) {
        try {
            Users users = closing.put(
                    Users.of("admin", AdminUserSettings.tokens(settings.admin().users())));
            users.watch(vertx);
            return users;
        } catch (UsersException e) {
            throw AdminServer.AdminException.of(e);
        }
    }

    private Map<String, Counts> counts() {
        return pipeline.lanes().stream()
                .collect(Collectors.toMap(lane -> lane.sink().name(), Lane::counts));
    }

    private List<Stage> stages(SegmentStore store) {
        List<Stage> stages = new ArrayList<>(pipeline.stages());
        FreeBlocks.keep(KEPT_BYTES_MAX);
        stages.add(new PageUnloading(store::unload, store::whenMapped, store::whenMuchRead, FreeBlocks::release));
        return stages;
    }

    private SegmentStore openStore(StoreOpener storeOpener) {
        try {
            return storeOpener.open(
                    settings.dataDir(), settings.journal().segmentSize().bytes());
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + settings.dataDir() + " cannot be opened: " + e
                            + "; fix this, or set another data-dir",
                    e);
        }
    }

    /** Connections to servers that lines are read from, at a time. */
    private int lineClients() {
        return SourceTypes.of(settings).stream()
                .map(SourceComponent::needs)
                .filter(needs -> !needs.isListener())
                .mapToInt(SourceNeeds::lines)
                .sum();
    }

    private List<Sink> sinks(SinkContext context) {
        return SinkTypes.of(settings).stream()
                .map(sink -> {
                    sink.hints(settings.batch().interval()).forEach(hint -> log.warn("{}", hint));
                    return sink.create(context);
                })
                .toList();
    }

    private String listening() {
        return sources.stream()
                .map(source -> "source " + source.name()
                        + (source.status().reading() == null ? " listens on " : " reads from ")
                        + source.status().address())
                .collect(Collectors.joining(", "));
    }

    /** A stage threw: what is not acknowledged by now never will be. Called by the stage's thread. */
    private void failed(Stage stage, Throwable e) {
        if (lifecycle.transition(Lifecycle.State.FAILED, stage.name() + ": " + e)) {
            log.debug("stage {} failed", stage.name(), e);
            threads.stop();
            failure.complete(e);
        }
    }

    /** The sources, in the order of the settings. */
    public List<Source> sources() {
        return sources;
    }

    /** The server as it is now, as {@code /status} shows it. */
    public ServerStatus status() {
        return report.now();
    }

    /**
     * Reads the certificates again now, in place of at the next look, and logs what came of each. Blocks while it
     * reads; throws nothing; safe from any thread once the server is started.
     *
     * @return whether there is one
     */
    public boolean reload() {
        return sources.stream().map(Source::reload).reduce(admin.reload(), Boolean::logicalOr);
    }

    /** Where {@code /status} and the like are served, with the real port. */
    public String adminAddress() {
        return admin.address();
    }

    /**
     * Sends dead letters again, under new keys, each to the sink that refused it.
     *
     * @return completes with what came of it, at the latest when a client that waits over HTTP would be disconnected;
     *     exceptionally with a {@link io.decant.ingest.deadletter.DeadLetterException} where it cannot be done
     * @throws IllegalArgumentException where the query names a reason that there is not
     */
    public CompletionStage<ReplayAnswer> replay(ReplayQuery query) {
        String word = query.reason();
        Reason reason = word == null
                ? null
                : Reason.of(word)
                        .orElseThrow(() -> new IllegalArgumentException("'" + word + "' is not a reason; one of "
                                + Stream.of(Reason.values()).map(Reason::word).collect(Collectors.joining(", "))));
        return pipeline.replayLetters(new LetterFilter(query.sink(), reason, query.batch(), query.since()));
    }

    /**
     * Completes with what went wrong if ever a stage fails, above all a write or a sync of the journal. Nothing is
     * acknowledged from then on; the server must be {@linkplain #close closed}, which tells the clients.
     */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /**
     * Completes when every source has imported what it imports; exceptionally where a part of it cannot be imported.
     * Never, where a source reads on for ever.
     */
    public CompletableFuture<Void> imported() {
        return CompletableFuture.allOf(sources.stream().map(Source::imported).toArray(CompletableFuture[]::new));
    }

    /**
     * Stops taking, syncs, acknowledges, cuts and delivers, as far as {@code shutdown-timeout} allows; what is
     * undelivered then waits in the journal. Ends with {@link #close}.
     *
     * @return whether everything was delivered
     */
    public boolean drain() {
        long deadline = System.nanoTime() + settings.shutdownTimeout().toNanos();
        return drain("asked to stop", () -> System.nanoTime() - deadline >= 0);
    }

    /**
     * The same once everything is {@linkplain #imported() imported}: waits for as long as sinks take, unless nothing
     * more would come of waiting.
     *
     * @param giveUp asked again and again
     */
    public boolean finish(BooleanSupplier giveUp) {
        return drain("everything is imported", giveUp);
    }

    private boolean drain(String why, BooleanSupplier giveUp) {
        boolean delivered = false;
        if (lifecycle.transition(Lifecycle.State.DRAINING, why)) {
            await(sources.stream().map(Source::drain).toList(), settings.shutdownTimeout());
            pipeline.stopLetterReplay();
            pipeline.cutAll();
            while (!pipeline.isDrained() && !failure.isDone() && !giveUp.getAsBoolean()) {
                LockSupport.parkNanos(this, DRAIN_LOOK_NANOS);
            }
            delivered = pipeline.isDelivered();
            if (!delivered) {
                List<String> stopped = pipeline.stoppedSinks();
                log.warn(
                        "not everything could be delivered ({}{}); the rest is delivered after the next start",
                        pipeline.positions(),
                        stopped.isEmpty() ? "" : ", stopped: " + String.join(", ", stopped));
            }
        }
        close();
        return delivered;
    }

    /** Waits for all of these, unless a stage fails meanwhile. */
    private void await(List<CompletableFuture<Void>> all, Duration atMost) {
        CompletableFuture<Void> ended = CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(ended, failure).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("not every client could be notified within {} s", atMost.toMillis() / 1e3);
        } catch (ExecutionException e) {
            log.warn("a source did not stop cleanly", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends what is left of the sources: nothing after a drain, every client otherwise. */
    private void end(List<Source> ending) {
        boolean failed = lifecycle.state() == Lifecycle.State.FAILED;
        String code = failed ? "journal-failed" : "shutting-down";
        String text = failed ? "no further records will be acknowledged; see the server's log" : "the server stops";
        CompletableFuture<?>[] ended =
                ending.stream().map(source -> source.abort(code, text)).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(ended)
                .completeOnTimeout(null, FAREWELL.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    /** Ends immediately. Connected clients are told why. */
    @Override
    public void close() {
        closing.close();
        lifecycle.transition(Lifecycle.State.STOPPED, "closed");
    }
}
