package io.decant.ingest.source.mysql;

import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * A range that is to be read, or an increment. It waits in a queue until it is due; one thread at a time has it then.
 * What is shown of it is for any thread.
 */
final class RangeJob implements Delayed {

    /** Where it stands. */
    enum State {
        /** It waits for a connection, or for its next try. */
        WAITING,
        READING,
        /** All of its rows are handed in. */
        FINISHED,
        /** It cannot be read further: no retry helps. */
        STOPPED
    }

    private static final long DELAY_MILLIS_FIRST = 200;
    private static final long DELAY_MILLIS_MAX = 30_000;
    private static final int DOUBLINGS_MAX = 10;

    private final String table;
    private final String name;
    private final TablePlan plan;
    private final PageQuery query;
    private final long increment;
    private final RangeFeed feed;

    private int failures;
    private volatile long dueNanos;
    private volatile State state = State.WAITING;
    private volatile String error = "";

    /**
     * @param name for messages: {@code orders/3}
     * @param increment its number; 0: it is a range of the import
     */
    RangeJob(
            String table, String name, TablePlan plan, PageQuery query, long increment, RangeFeed feed, long dueNanos) {
        this.table = table;
        this.name = name;
        this.plan = plan;
        this.query = query;
        this.increment = increment;
        this.feed = feed;
        this.dueNanos = dueNanos;
    }

    String table() {
        return table;
    }

    String name() {
        return name;
    }

    TablePlan plan() {
        return plan;
    }

    PageQuery query() {
        return query;
    }

    long increment() {
        return increment;
    }

    RangeFeed feed() {
        return feed;
    }

    State state() {
        return state;
    }

    /** What went wrong with the last try; empty: nothing. */
    String error() {
        return error;
    }

    void begins() {
        state = State.READING;
    }

    /** A page was read. */
    void works() {
        failures = 0;
        error = "";
    }

    void finished() {
        works();
        state = State.FINISHED;
    }

    void stopped(String why) {
        error = why;
        state = State.STOPPED;
    }

    /** It did not work; it is tried again later, each time a little later. */
    void failed(String why, long nowNanos) {
        error = why;
        state = State.WAITING;
        dueNanos = nowNanos + delayNanos(failures++);
    }

    /** It goes on as soon as somebody has time for it. */
    void waits(long nowNanos) {
        state = State.WAITING;
        dueNanos = nowNanos;
    }

    /** How long to wait after so many failures, the last one excepted. */
    static long delayNanos(int failuresBefore) {
        long millis = DELAY_MILLIS_FIRST << Math.min(DOUBLINGS_MAX, failuresBefore);
        return TimeUnit.MILLISECONDS.toNanos(Math.min(DELAY_MILLIS_MAX, millis));
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.signum(dueNanos - ((RangeJob) other).dueNanos);
    }
}
