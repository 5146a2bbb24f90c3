package io.decant.ingest.source.mysql;

import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceException;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each table from its plan to its end: has it planned, keeps the plan in the journal before a row of it is read,
 * hands its ranges to the threads that read, and notes in the journal that it is read. One thread; others wake it.
 *
 * <p>Nothing here waits for a database: plans and bounds are found by threads of their own.
 */
final class ImportCoordinator implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    private static final long WAIT_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private final ImportParts parts;
    /** No thread is unparked: whatever this one waits for in between would take that for its own. */
    private final Semaphore signal = new Semaphore(0);

    private final CompletableFuture<Void> imported = new CompletableFuture<>();
    private final Map<TableImport, CompletableFuture<Step>> tasks = new HashMap<>();
    /** Up to where each table was read when its newest entry {@code done} was written. */
    private final Map<String, OpaqueBytes> limits = new HashMap<>();
    /** Incremental tables of which an increment was read since the start. */
    private final Set<TableImport> incremented = new HashSet<>();

    /** Those whose increment under way was begun before the start: it may end before rows that are there now. */
    private final Set<TableImport> resumed = new HashSet<>();

    private SourcePlan plan = new SourcePlan(Map.of());
    private int streams;

    ImportCoordinator(ImportParts parts) {
        this.parts = parts;
        this.streams = parts.kept().size();
    }

    /** What becomes of a table once something is found out; run by this thread. */
    private interface Step {
        void run() throws InterruptedException;
    }

    /** What is asked of the database, on a connection. */
    private interface Question {
        Step ask(Connection connection) throws Exception;
    }

    CompletableFuture<Void> imported() {
        return imported;
    }

    /** Has it look again; any thread. */
    void wake() {
        signal.release();
    }

    @Override
    public void run() {
        try {
            begin();
            while (!parts.control().isStopped()) {
                long due = Long.MAX_VALUE;
                for (TableImport table : parts.tables()) {
                    work(table);
                    due = Math.min(due, waitNanos(table));
                }
                lookForEnd();
                var unused = signal.tryAcquire(Math.min(due, WAIT_NANOS_MAX), TimeUnit.NANOSECONDS);
                signal.drainPermits();
            }
        } catch (InterruptedException e) {
            log.debug("source {}: ends", parts.source());
        } catch (RuntimeException | Error e) {
            // Nothing but this source stops.
            log.error("source {}: stops", parts.source(), e);
            parts.tables().forEach(table -> table.become(TableImport.State.STOPPED, "internal error: " + e));
            imported.completeExceptionally(new SourceException("source " + parts.source() + " stopped: " + e, e));
        }
    }

    /** Goes on where the journal says. */
    private void begin() {
        try {
            parts.journal().plan(parts.source()).ifPresent(kept -> plan = SourcePlan.decode(kept.payload()));
        } catch (ImportException e) {
            parts.tables().forEach(table -> table.become(TableImport.State.STOPPED, e.getMessage()));
            return;
        }
        for (TableImport table : parts.tables()) {
            TablePlan known = plan.tables().get(table.name());
            if (known != null && !parts.replanned().contains(table.name())) {
                goOn(table, known);
            }
        }
    }

    private void goOn(TableImport table, TablePlan known) {
        List<String> changed = known.settings()
                .differences(TableSelection.of(
                        parts.settings().database(), parts.settings().tables().get(table.name())));
        if (!changed.isEmpty()) {
            table.become(
                    TableImport.State.STOPPED,
                    "the settings changed since its import was planned: " + String.join(", ", changed)
                            + "; change them back, or import the table anew with --replan " + table.name());
            return;
        }
        table.planned(known);
        Optional<ImportDone> done = done(table, known);
        try {
            if (done.isEmpty()) {
                table.reads(ranges(table.name(), known));
                parts.jobs().addAll(table.jobs());
                return;
            }
        } catch (ImportException e) {
            table.become(TableImport.State.STOPPED, e.getMessage());
            return;
        }
        limits.put(table.name(), done.get().limits());
        table.hadRows(rows(table.name(), known));
        if (!known.isIncremental()) {
            table.become(TableImport.State.DONE, "it was imported before");
        } else if (known.increment() != null
                && !OpaqueBytes.of(known.increment().high()).equals(done.get().limits())) {
            resumed.add(table);
            readIncrement(table, known);
        } else {
            table.become(TableImport.State.WAITING, "it was imported before");
            table.waitsUntil(System.nanoTime());
        }
    }

    private Optional<ImportDone> done(TableImport table, TablePlan known) {
        OpaqueBytes hash = SourcePlan.hash(known);
        return parts.journal().done(parts.source()).stream()
                .filter(read ->
                        read.table().equals(table.name()) && read.planHash().equals(hash))
                .findFirst();
    }

    private long rows(String table, TablePlan known) {
        long rows = 0;
        for (int i = 0; i < known.ranges().size(); i++) {
            ResumableStream stream = parts.kept().get(known.stream(table, i));
            rows += stream == null ? 0 : stream.next();
        }
        return rows;
    }

    private List<RangeJob> ranges(String table, TablePlan known) {
        List<RangeJob> ranges = new ArrayList<>();
        RowSet rows = RowSet.of(known, table);
        String selectList = selectList(table, known);
        long now = System.nanoTime();
        for (int i = 0; i < known.ranges().size(); i++) {
            String stream = known.stream(table, i);
            PageQuery query =
                    PageQuery.of(selectList, rows, known, known.ranges().get(i));
            // One after the other, of all tables in turn.
            ranges.add(new RangeJob(table, stream, known, query, 0, feed(stream), now + i));
        }
        return ranges;
    }

    private RangeFeed feed(String stream) {
        return new RangeFeed(
                new StreamId(parts.source(), stream, true), parts.kept().get(stream), parts.counters(), this::wake);
    }

    private String selectList(String table, TablePlan known) {
        return new RowJson(
                        table,
                        known.key(),
                        known.columns(),
                        parts.settings().maxRecord().bytes())
                .selectList();
    }

    /** How long nothing is to be done for a table unless somebody wakes this. */
    private long waitNanos(TableImport table) {
        return switch (table.state()) {
            case PLANNING, WAITING ->
                tasks.containsKey(table) ? Long.MAX_VALUE : Math.max(0, table.dueNanos() - System.nanoTime());
            // A table without rows has no range that would say that it is read.
            case READING -> table.isRead() ? 0 : Long.MAX_VALUE;
            case DONE, STOPPED -> Long.MAX_VALUE;
        };
    }

    private void work(TableImport table) throws InterruptedException {
        switch (table.state()) {
            case PLANNING ->
                ask(table, connection -> {
                    TablePlan before = plan.tables().get(table.name());
                    TablePlanner planner = planner(connection, table);
                    TablePlan next = planner.plan(before == null ? 1 : before.generation() + 1, table::note);
                    planner.warnings(next)
                            .forEach(warning ->
                                    log.warn("source {}: table {}: {}", parts.source(), table.name(), warning));
                    return () -> begin(table, next);
                });
            case WAITING ->
                ask(table, connection -> {
                    byte[] low = low(table);
                    byte[] high = planner(connection, table).nextBound(table.plan(), low, table::note);
                    return () -> begin(table, low, high);
                });
            case READING -> {
                if (table.isRead()) {
                    end(table);
                }
            }
            case DONE, STOPPED -> {}
        }
    }

    private TablePlanner planner(Connection connection, TableImport table) {
        return new TablePlanner(
                parts.connections(), connection, parts.settings(), table.name(), parts.control()::pause);
    }

    /** Has a thread ask, when it is time; what comes of it is done here. */
    private void ask(TableImport table, Question question) throws InterruptedException {
        CompletableFuture<Step> task = tasks.get(table);
        if (task == null) {
            if (table.dueNanos() - System.nanoTime() <= 0) {
                tasks.put(table, asked(question));
            }
            return;
        }
        if (!task.isDone() || parts.control().isStopped()) {
            return;
        }
        tasks.remove(table);
        try {
            Step step = task.join();
            parts.health().works(table.name());
            table.works();
            step.run();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ImportException stops) {
                table.become(TableImport.State.STOPPED, stops.getMessage());
                return;
            }
            String why = parts.connections().why(e.getCause());
            table.failed(why, System.nanoTime());
            parts.health().failed(table.name(), "table " + table.name(), why);
        }
    }

    private CompletableFuture<Step> asked(Question question) {
        CompletableFuture<Step> task = new CompletableFuture<>();
        Runnable asking = () -> {
            Connection connection = null;
            try {
                connection = parts.connections().open();
                parts.control().opened(connection);
                task.complete(question.ask(connection));
            } catch (Throwable e) {
                // Whatever it was: it is told, and tried again.
                task.completeExceptionally(e);
            } finally {
                if (connection != null) {
                    parts.control().abort(connection);
                }
                wake();
            }
        };
        try {
            parts.planners().execute(asking);
        } catch (RejectedExecutionException e) {
            log.debug("source {}: ends before it asked", parts.source(), e);
        }
        return task;
    }

    /** Keeps a plan, then has its ranges read. */
    private void begin(TableImport table, TablePlan next) throws InterruptedException {
        try {
            if (streams + next.ranges().size() + 1 > parts.streamsMax()) {
                throw new ImportException("the journal has room for the positions of " + parts.streamsMax()
                        + " ranges, and " + streams + " are kept already; lower ranges, or raise journal.segment-size");
            }
            keep(plan.with(table.name(), next));
            streams += next.ranges().size() + 1;
            table.planned(next);
            table.reads(ranges(table.name(), next));
        } catch (ImportException e) {
            table.become(TableImport.State.STOPPED, e.getMessage());
            return;
        }
        parts.jobs().addAll(table.jobs());
    }

    private void keep(SourcePlan next) throws InterruptedException {
        await(parts.journal().write(new ImportPlan(parts.source(), next.encode())));
        plan = next;
    }

    private static void await(CompletableFuture<Void> written) throws InterruptedException {
        try {
            written.get();
        } catch (ExecutionException e) {
            throw new ImportException(e.getCause().getMessage());
        }
    }

    /** Up to where a table is read; null: from the beginning. */
    private byte[] low(TableImport table) {
        OpaqueBytes limit = limits.get(table.name());
        return limit == null || limit.isEmpty() ? null : limit.toArray();
    }

    /** Keeps the plan of an increment, then has it read. */
    private void begin(TableImport table, byte[] low, byte[] high) throws InterruptedException {
        if (high == null) {
            incremented.add(table);
            waitForNext(table);
            return;
        }
        IncrementPlan before = table.plan().increment();
        TablePlan next = table.plan().with(new IncrementPlan(before == null ? 1 : before.number() + 1, low, high));
        try {
            keep(plan.with(table.name(), next));
        } catch (ImportException e) {
            table.become(TableImport.State.STOPPED, e.getMessage());
            return;
        }
        table.planned(next);
        readIncrement(table, next);
    }

    private void readIncrement(TableImport table, TablePlan next) {
        String stream = next.incrementStream(table.name());
        RangeFeed feed = table.incrementFeed() == null ? feed(stream) : table.incrementFeed();
        table.reads(new RangeJob(
                table.name(),
                stream,
                next,
                PageQuery.of(selectList(table.name(), next), RowSet.of(next, table.name()), next, next.increment()),
                next.increment().number(),
                feed,
                System.nanoTime()));
        parts.jobs().addAll(table.jobs());
    }

    private void waitForNext(TableImport table) {
        if (table.state() != TableImport.State.WAITING) {
            table.become(TableImport.State.WAITING, "for the next increment");
        }
        table.waitsUntil(System.nanoTime()
                + parts.settings().tables().get(table.name()).interval().toNanos());
    }

    /** Everything that is read of it now is in the journal, or cannot be. */
    private void end(TableImport table) throws InterruptedException {
        String stopped = table.stoppedRange();
        if (!stopped.isEmpty()) {
            table.become(TableImport.State.STOPPED, stopped);
            return;
        }
        TablePlan now = table.plan();
        boolean isIncrement = table.readsIncrement();
        byte[] limit = isIncrement ? now.increment().high() : now.limit();
        OpaqueBytes limitBytes = limit == null ? OpaqueBytes.NONE : OpaqueBytes.of(limit);
        try {
            await(parts.journal()
                    .write(new ImportDone(parts.source(), table.name(), SourcePlan.hash(now), limitBytes)));
        } catch (ImportException e) {
            table.become(TableImport.State.STOPPED, e.getMessage());
            return;
        }
        limits.put(table.name(), limitBytes);
        if (!now.isIncremental()) {
            table.become(TableImport.State.DONE, "rows: " + table.status().rows());
        } else if (isIncrement) {
            if (resumed.remove(table)) {
                table.become(TableImport.State.WAITING, "for the next increment");
                table.waitsUntil(System.nanoTime());
            } else {
                incremented.add(table);
                waitForNext(table);
            }
        } else {
            table.become(TableImport.State.WAITING, "for its first increment");
            table.waitsUntil(System.nanoTime());
        }
    }

    /** Whether every table was read once. */
    private void lookForEnd() {
        if (imported.isDone()) {
            return;
        }
        List<String> stopped = new ArrayList<>();
        for (TableImport table : parts.tables()) {
            switch (table.state()) {
                case DONE -> {}
                case STOPPED -> stopped.add("table " + table.name() + ": " + table.error());
                case WAITING -> {
                    if (!incremented.contains(table)) {
                        return;
                    }
                }
                case PLANNING, READING -> {
                    return;
                }
            }
        }
        if (stopped.isEmpty()) {
            log.info("source {}: everything is imported", parts.source());
            imported.complete(null);
        } else {
            imported.completeExceptionally(
                    new SourceException("source " + parts.source() + ": " + String.join("; ", stopped), null));
        }
    }
}
