package io.decant.ingest.source.mysql;

import io.decant.ingest.source.TableStatus;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table on its way into the journal.
 *
 * <pre>
 *   PLANNING --> READING --> DONE
 *      |            |  ^
 *      |            v  |
 *      |          WAITING    (for the next increment)
 *      v            v
 *   STOPPED      STOPPED
 * </pre>
 *
 * <p>Changed by the thread that coordinates; status is for any.
 */
final class TableImport {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    /** Where it stands. */
    enum State {
        PLANNING,
        READING,
        /** Its import, and each increment until now, is in the journal; the next one comes. */
        WAITING,
        DONE,
        /** It, or a range of it, cannot be imported; nothing more is read of it before a restart. */
        STOPPED
    }

    private final String source;
    private final String name;
    private volatile State state = State.PLANNING;
    private volatile TablePlan plan;
    private volatile List<RangeJob> jobs = List.of();
    private volatile List<RangeJob> importJobs = List.of();
    /** The increment that is read, or was read last; null before the first. */
    private volatile RangeJob increment;

    private volatile String note = "";
    private volatile String error = "";
    private volatile long rowsBefore;
    private int failures;
    private long dueNanos;

    TableImport(String source, String name, long nowNanos) {
        this.source = source;
        this.name = name;
        this.dueNanos = nowNanos;
    }

    String name() {
        return name;
    }

    State state() {
        return state;
    }

    /** Null before it is planned. */
    TablePlan plan() {
        return plan;
    }

    void planned(TablePlan next) {
        plan = next;
        works();
    }

    /** The ranges, or the increment, that are read now. */
    List<RangeJob> jobs() {
        return jobs;
    }

    /** Its ranges are to be read. */
    void reads(List<RangeJob> ranges) {
        jobs = List.copyOf(ranges);
        importJobs = jobs;
        become(State.READING, "ranges: " + ranges.size() + ", rows: about " + plan.rows());
    }

    /** An increment is to be read. */
    void reads(RangeJob next) {
        increment = next;
        jobs = List.of(next);
        become(State.READING, "increment " + next.increment());
    }

    void become(State next, String why) {
        if (next == State.STOPPED) {
            error = why;
            log.error("source {}: table {}: {} -> {}: {}", source, name, state, next, why);
        } else {
            error = "";
            log.info("source {}: table {}: {} -> {}: {}", source, name, state, next, why);
        }
        state = next;
    }

    /** What it waits for did not work, and is tried again. */
    void failed(String why, long nowNanos) {
        error = why;
        dueNanos = nowNanos + RangeJob.delayNanos(failures++);
    }

    void works() {
        failures = 0;
        error = "";
    }

    /** Nothing is to be done before then. */
    void waitsUntil(long nanos) {
        dueNanos = nanos;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** Whether all that is read now is handed in, or cannot be, and what is handed in is durable. */
    boolean isRead() {
        return jobs.stream()
                .allMatch(job -> (job.state() == RangeJob.State.FINISHED || job.state() == RangeJob.State.STOPPED)
                        && job.feed().isSettled());
    }

    /** Whether all that was handed in is durable. */
    boolean isSettled() {
        return jobs.stream().allMatch(job -> job.feed().isSettled());
    }

    /** Whether something of it did not work, and is tried again. */
    boolean isRetried() {
        return state != State.STOPPED
                && (!error.isEmpty()
                        || jobs.stream()
                                .anyMatch(job -> job.state() != RangeJob.State.STOPPED
                                        && !job.error().isEmpty()));
    }

    /** Why the first range of it stopped; empty where none did. */
    String stoppedRange() {
        return jobs.stream()
                .filter(job -> job.state() == RangeJob.State.STOPPED)
                .map(job -> "range " + job.name() + ": " + job.error())
                .findFirst()
                .orElse("");
    }

    /** What is wrong with it now; empty where nothing is. */
    String error() {
        if (!error.isEmpty()) {
            return error;
        }
        String stopped = stoppedRange();
        return !stopped.isEmpty()
                ? stopped
                : jobs.stream()
                        .filter(job -> !job.error().isEmpty())
                        .map(job -> "range " + job.name() + ": " + job.error())
                        .findFirst()
                        .orElse("");
    }

    TableStatus status() {
        TablePlan now = plan;
        List<RangeJob> ranges = importJobs;
        RangeJob last = increment;
        long rows = ranges.stream().mapToLong(job -> job.feed().next()).sum();
        boolean isRead = state == State.DONE || state == State.WAITING;
        int total = now == null ? 0 : now.ranges().size();
        int done = (int) ranges.stream()
                .filter(job -> job.state() == RangeJob.State.FINISHED)
                .count();
        return new TableStatus(
                state.name().toLowerCase(Locale.ROOT),
                rows + rowsBefore + (last == null ? 0 : last.feed().next()),
                now == null ? 0 : now.rows(),
                total,
                isRead ? total : done,
                error(),
                note);
    }

    /** Rows that its streams had when the server was started, of a table whose import was done then. */
    void hadRows(long rows) {
        rowsBefore = rows;
    }

    /** Whether what is read now, or was last, is an increment. */
    boolean readsIncrement() {
        return increment != null;
    }

    /** The feed of its increments; null before the first. */
    RangeFeed incrementFeed() {
        RangeJob last = increment;
        return last == null ? null : last.feed();
    }

    /** Says what it waits for, or what may be missed; any thread. */
    void note(String text) {
        if (!note.equals(text)) {
            note = text;
            if (!text.isEmpty()) {
                log.warn("source {}: table {}: {}", source, name, text);
            }
        }
    }
}
