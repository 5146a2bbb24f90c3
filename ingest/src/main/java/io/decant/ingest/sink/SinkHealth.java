package io.decant.ingest.sink;

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
     * log tells of trouble no more often than this.
     */
    static final long TROUBLE_LINE_NANOS = TimeUnit.SECONDS.toNanos(10);

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
    private long tellTroubleFromNanos = Long.MIN_VALUE;
    private long untold;
    private long tellGivenUpFromNanos = Long.MIN_VALUE;
    private volatile SinkStatus published = new SinkStatus(SinkState.IDLE, "", 0, 0, 0, 0);

    SinkHealth(String sink) {
        this(sink, HttpSink.class);
    }

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

    /** A part has to be repeated. */
    public void failed(String error) {
        retries++;
        lastError = error;
    }

    /** A part is not taken as it is, and goes again in pieces. */
    void refused(String error) {
        retries++;
        lastError = error;
        log.debug("sink {}: {}", sink, error);
    }

    /** Records will never be taken: they are on their way to the dead letters. */
    void givenUp(long refusedRecords, String error, long nowNanos) {
        lastError = error;
        untold += refusedRecords;
        if (nowNanos >= tellGivenUpFromNanos) {
            log.warn("sink {}: records for the dead letters: {}; the last: {}", sink, untold, error);
            untold = 0;
            tellGivenUpFromNanos = nowNanos + TROUBLE_LINE_NANOS;
        }
    }

    /** Whether nothing but one refused record is sent; shown from the next {@link #state} on. */
    void breaker(boolean open) {
        breakerOpen = open;
    }

    /** Nothing fails, but something has to be done before it can go on. */
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
        SinkStatus now = new SinkStatus(state, lastError, requests, retries, records, bytes, breakerOpen);
        if (!now.equals(published)) {
            published = now;
        }
    }

    private void tell(long nowNanos) {
        if (!trouble(state)) {
            if (trouble(told)) {
                log.info("sink {}: {} after {}", sink, state, told);
            }
            told = state;
        } else if (told != state && nowNanos >= tellTroubleFromNanos) {
            log.warn("sink {}: {}: {}", sink, state, lastError);
            told = state;
            tellTroubleFromNanos = nowNanos + TROUBLE_LINE_NANOS;
        }
    }

    private static boolean trouble(SinkState state) {
        return state != SinkState.IDLE && state != SinkState.DELIVERING;
    }
}
