package io.decant.ingest.sink;

import io.decant.offload.log.LoggedCauses;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink's state and counters. Changed by the delivery thread, read by any: what is read is one consistent
 * {@link SinkStatus}.
 *
 * <pre>
 *            batch begun              a part failed
 *   IDLE  -----------------> DELIVERING <------------> RETRYING, FAILING
 *     ^                          |        no part fails
 *     +--------------------------+
 *            batch delivered, or abandoned in any state
 * </pre>
 */
public final class SinkHealth {

    /**
     * A receiver that fails now and then makes a sink come and go between delivering and retrying at every request: the
     * log tells of the same trouble no more often than this. What comes between is counted, and told in totals.
     */
    static final long TROUBLE_LINE_NANOS = LoggedCauses.AGAIN_NANOS;

    /** The longest time between two totals of an outage that continues. */
    static final long TOTALS_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

    /** Of more causes than this, one after another, the log is told by the totals alone. */
    static final int CAUSES_MAX = LoggedCauses.CAUSES_MAX;

    private static final long NEVER = Long.MAX_VALUE;

    private final Logger log;
    private final String sink;
    private SinkState state = SinkState.IDLE;
    private String lastError = "";
    private long requests;
    private long retries;
    private long records;
    private long bytes;
    private boolean breakerOpen;
    private SinkState told = SinkState.IDLE;
    private long untold;
    /** Of dead letters. */
    private final LoggedCauses refusals = new LoggedCauses();

    /** Why the last request failed, without what differs from one to the next. */
    private String cause = "";

    private String lastFailure = "";
    private final LoggedCauses causes = new LoggedCauses();
    private long retriesBefore;
    private long toldRetries;
    private long totalsNanos = TROUBLE_LINE_NANOS;
    private long totalsAtNanos = NEVER;
    private volatile SinkStatus published = new SinkStatus(SinkState.IDLE, "", 0, 0, 0, 0);

    /** @param speaker whose log lines these are */
    public SinkHealth(String sink, Class<? extends Sink> speaker) {
        this.sink = sink;
        this.log = LoggerFactory.getLogger(speaker);
    }

    public SinkStatus status() {
        return published;
    }

    /** A part was taken. */
    public void delivered(long partRecords, long bodyBytes) {
        requests++;
        records += partRecords;
        bytes += bodyBytes;
    }

    /**
     * A part has to be repeated.
     *
     * @param kind of what failed, without what differs from one request to the next
     * @param error what happened, in one line
     */
    public void failed(String kind, String error) {
        retries++;
        cause = kind;
        lastError = error;
        lastFailure = error;
    }

    /** A part is not taken as it is, and goes again in pieces. */
    void refused(String error) {
        retries++;
        lastError = error;
        lastFailure = error;
        log.debug("sink {}: {}", sink, error);
    }

    /**
     * Records will never be taken: they are on their way to the dead letters. Their totals are logged where they are
     * written.
     *
     * @param kind of what was wrong with them
     */
    void givenUp(long refusedRecords, String kind, String error, long nowNanos) {
        lastError = error;
        untold += refusedRecords;
        refusals.forget(nowNanos);
        if (refusals.isNew(kind)) {
            log.warn("sink {}: records for the dead letters: {}; the last: {}", sink, untold, error);
            untold = 0;
            refusals.logged(kind, nowNanos);
        }
    }

    /** Whether nothing but one refused record is sent; shown from the next {@link #state} on. */
    void breaker(boolean open) {
        breakerOpen = open;
    }

    /** Nothing fails, but something has to be done before it can continue. */
    public void waits(String error) {
        lastError = error;
    }

    /** Goes to a state, or stays in it, and shows other threads what there is to see. */
    public void state(SinkState next, long nowNanos) {
        if (next != state) {
            log.debug("sink {}: {} -> {}", sink, state, next);
            state = next;
        }
        if (!trouble(next)) {
            lastError = "";
        }
        tell(nowNanos);
        SinkStatus now = new SinkStatus(
                state, lastError, requests, retries, records, bytes, breakerOpen, Optional.empty(), Optional.empty());
        if (!now.equals(published)) {
            published = now;
        }
    }

    private void tell(long nowNanos) {
        if (!trouble(state)) {
            if (trouble(told)) {
                log.info("sink {}: {} after {}; requests repeated: {}", sink, state, told, retries - retriesBefore);
                toldOfRetries();
            }
            told = state;
            causes.forget(nowNanos);
        } else if (isNewCause() || (told != state && causes.mayRepeat(nowNanos))) {
            log.warn("sink {}: {}: {}", sink, state, lastError);
            if (!trouble(told)) {
                retriesBefore = toldRetries;
            }
            told = state;
            causes.logged(cause, nowNanos);
            toldOfRetries();
            totalsNanos = TROUBLE_LINE_NANOS;
        }
        tellTotals(nowNanos);
    }

    /**
     * Whether the log has not been told of it since all was well; of so many that it would be a line for each, it is
     * told no more.
     */
    private boolean isNewCause() {
        return retries > toldRetries && causes.isNew(cause);
    }

    private void tellTotals(long nowNanos) {
        if (retries == toldRetries) {
            return;
        }
        if (totalsAtNanos == NEVER) {
            totalsAtNanos = nowNanos + totalsNanos;
        } else if (nowNanos >= totalsAtNanos) {
            tellOfRetries();
            totalsNanos = Math.min(2 * totalsNanos, TOTALS_NANOS_MAX);
        }
    }

    private void tellOfRetries() {
        log.warn(
                "sink {}: {}: requests repeated: {} more, {} since the start; the last: {}",
                sink,
                state,
                retries - toldRetries,
                retries,
                lastFailure);
        toldOfRetries();
    }

    private void toldOfRetries() {
        toldRetries = retries;
        totalsAtNanos = NEVER;
    }

    /** Tells the log what has to be told by now, whether or not there is a batch. */
    public void report(long nowNanos) {
        if (nowNanos >= totalsAtNanos) {
            tellTotals(nowNanos);
        }
    }

    /** When {@link #report} has something to tell; {@link Long#MAX_VALUE}: nothing so far. */
    public long reportAtNanos() {
        return totalsAtNanos;
    }

    /** The server ends: tells the log what it has not been told. */
    public void ended() {
        if (retries > toldRetries) {
            tellOfRetries();
        } else if (retries > 0) {
            log.info("sink {}: requests repeated since the start: {}", sink, retries);
        }
    }

    private static boolean trouble(SinkState state) {
        return state != SinkState.IDLE && state != SinkState.DELIVERING;
    }
}
