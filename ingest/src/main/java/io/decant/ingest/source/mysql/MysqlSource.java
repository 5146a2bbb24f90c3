package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.ImportLog;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.source.TableStatus;
import io.decant.ingest.tls.ClientTls;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables of MySQL or MariaDB, as docs/mysql.md describes them.
 *
 * <p>Threads of its own read, one for each connection; another takes the tables from plan to end, see
 * {@link ImportCoordinator}. {@link #start} does not wait: a database that is down is retried. Its methods are safe
 * from any thread.
 */
public final class MysqlSource implements Source {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    /** Tables that are planned, or whose increments are bounded, at a time. */
    private static final int PLANNERS_MAX = 8;

    /** How often the end of a drain is looked for. */
    private static final long SETTLE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long END_MILLIS_MAX = 2_000;

    private final String name;
    private final MysqlSourceSettings settings;
    private final InstantSource clock;
    private final ImportLog journal;
    private final Set<String> replanned;
    private final SourceCounters counters = new SourceCounters();
    private final CompletableFuture<Void> imported = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final MysqlHealth health;
    private final List<TableImport> tables = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean draining;

    private final Optional<ClientTls> tls;

    /** Null until it is started. */
    private volatile ReadControl control;

    private ExecutorService planners;

    /**
     * @param clock for arrival times
     * @param replanned tables that are imported anew, though they were planned or imported before
     * @param tls looks at the files that connections read; empty: they are not encrypted
     */
    public MysqlSource(
            String name,
            MysqlSourceSettings settings,
            InstantSource clock,
            ImportLog journal,
            Set<String> replanned,
            Optional<ClientTls> tls) {
        this.tls = tls;
        this.name = name;
        this.settings = settings;
        this.clock = clock;
        this.journal = journal;
        this.replanned = Set.copyOf(replanned);
        this.health = new MysqlHealth(name);
        settings.tables().keySet().forEach(table -> tables.add(new TableImport(name, table, System.nanoTime())));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start(Intake intake, Map<String, ResumableStream> kept) {
        ReadControl readControl = new ReadControl(intake);
        MysqlConnections connections = new MysqlConnections(settings);
        DelayQueue<RangeJob> jobs = new DelayQueue<>();
        planners = Executors.newFixedThreadPool(
                Math.min(PLANNERS_MAX, tables.size()), new DefaultThreadFactory("decant-mysql-plan-" + name, true));
        ImportCoordinator coordinator = new ImportCoordinator(new ImportParts(
                name,
                settings,
                connections,
                journal,
                replanned,
                kept,
                intake.keptStreamsMax(),
                counters,
                jobs,
                readControl,
                health,
                planners,
                List.copyOf(tables)));
        DefaultThreadFactory factory = new DefaultThreadFactory("decant-mysql-" + name, true);
        for (int i = 0; i < settings.connections(); i++) {
            threads.add(factory.newThread(new RangeWorker(
                    name,
                    jobs,
                    connections,
                    new RangeReader(settings, clock, readControl),
                    readControl,
                    health,
                    coordinator::wake)));
        }
        threads.add(factory.newThread(coordinator));
        var unused = coordinator.imported().whenComplete((nothing, failure) -> {
            if (failure == null) {
                imported.complete(null);
            } else {
                imported.completeExceptionally(failure);
            }
        });
        if (ImportDriver.inUse() == ImportDriver.MYSQL) {
            log.info("source {}: reads with MySQL's own driver, which is in lib/jdbc", name);
        }
        // Each connection reads the files by itself; this is for those who look at the status.
        tls.ifPresent(files -> files.watch(() -> {}));
        control = readControl;
        threads.forEach(Thread::start);
    }

    @Override
    public CompletableFuture<Void> imported() {
        return imported;
    }

    /** What is under way is given up: it is read again. Ends once all that was handed in is durable. */
    @Override
    public synchronized CompletableFuture<Void> drain() {
        draining = true;
        if (stop()) {
            Thread waiter = new DefaultThreadFactory("decant-mysql-drain-" + name, true).newThread(this::awaitSynced);
            waiter.start();
        }
        return ended;
    }

    /** Nobody is told: the database keeps its rows. */
    @Override
    public synchronized CompletableFuture<Void> abort(String code, String text) {
        stop();
        ended.complete(null);
        return ended;
    }

    /** Whether there was something to stop. */
    private boolean stop() {
        if (control == null) {
            ended.complete(null);
            return false;
        }
        boolean isFirst = !control.isStopped();
        control.stop();
        tls.ifPresent(ClientTls::close);
        planners.shutdownNow();
        threads.forEach(Thread::interrupt);
        return isFirst;
    }

    private void awaitSynced() {
        try {
            for (Thread thread : threads) {
                // One that hangs in a read hands nothing in any more.
                thread.join(END_MILLIS_MAX);
            }
            while (!ended.isDone() && !tables.stream().allMatch(TableImport::isSettled)) {
                LockSupport.parkNanos(this, SETTLE_LOOK_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended.complete(null);
    }

    @Override
    public SourceStatus status() {
        Map<String, TableStatus> shown = new LinkedHashMap<>();
        tables.forEach(table -> shown.put(table.name(), table.status()));
        return new SourceStatus(
                settings.address() + "/" + settings.database(),
                0,
                counters.records(),
                counters.bytes(),
                0,
                0,
                0,
                control != null && control.isPaused(),
                new SourceStatus.Reading(state(), lastError(), null, Collections.unmodifiableMap(shown)),
                tls.flatMap(ClientTls::status).orElse(null));
    }

    private String lastError() {
        return tables.stream()
                .filter(table -> !table.error().isEmpty())
                .map(table -> "table " + table.name() + ": " + table.error())
                .findFirst()
                .orElse("");
    }

    private String state() {
        if (draining) {
            return ended.isDone() ? "stopped" : "draining";
        }
        List<TableImport.State> states =
                tables.stream().map(TableImport::state).distinct().toList();
        if (states.equals(List.of(TableImport.State.DONE))) {
            return "done";
        }
        if (states.equals(List.of(TableImport.State.STOPPED))) {
            return "stopped";
        }
        if (tables.stream().anyMatch(TableImport::isRetried)) {
            return "failing";
        }
        return health.hasConnected() || states.contains(TableImport.State.WAITING) ? "reading" : "connecting";
    }
}
