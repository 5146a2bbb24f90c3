package io.decant.ingest.pipeline;

import io.decant.offload.log.LoggedCauses;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a lane tries a batch again that cannot be read, and what is said of it: to {@code /status} until the next try,
 * to the log once for each cause, and when something was read. Owned by the lane, {@link #trouble} excepted.
 */
final class ReadRetry {

    private static final long AT_ONCE = Long.MIN_VALUE;
    /** How long a filesystem that failed is left alone. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final String sink;
    private final LoggedCauses causes = new LoggedCauses();
    private String logged = "";
    private long againNanos = AT_ONCE;
    private volatile String trouble = "";

    ReadRetry(String sink) {
        this.sink = sink;
    }

    /** Why the batch cannot be read at the moment; empty as long as it can. Any thread. */
    String trouble() {
        return trouble;
    }

    /** Whether it is too soon for the next try; where it is not, that one begins now. */
    boolean waits(long nowNanos) {
        if (nowNanos < againNanos) {
            return true;
        }
        againNanos = AT_ONCE;
        return false;
    }

    /** When the next try is due; {@link Long#MIN_VALUE} where none is waited for. */
    long againNanos() {
        return againNanos;
    }

    /**
     * The batch could not be read.
     *
     * @param kind of what is in the way, see {@link LoggedCauses}
     * @param waitNanos before this has passed nothing comes of another try
     */
    void failed(String why, String kind, long waitNanos, long nowNanos) {
        againNanos = nowNanos + Math.max(AGAIN_NANOS, waitNanos);
        trouble = why;
        if (causes.failed(kind, nowNanos)) {
            logged = why;
            log.warn("sink {}: {}; retrying until it succeeds", sink, why);
        }
    }

    /** A try is running, and may still fail. */
    void goesOn() {
        trouble = "";
    }

    /** Something was read. */
    void succeeded(long nowNanos) {
        trouble = "";
        if (causes.works(nowNanos)) {
            log.info("sink {} resumes: no longer '{}'", sink, logged);
        }
    }
}
