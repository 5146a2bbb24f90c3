package io.decant.ingest.batch;

import io.decant.offload.log.LoggedCauses;

/** A batch cannot be processed as it is, now or at all. Concerns the sinks that need the batch, and nothing else. */
public final class BatchTrialException extends RuntimeException {

    private final boolean stopped;
    private final long waitNanos;
    private final String kind;

    private BatchTrialException(String message, String failure, Throwable cause, boolean stopped, long waitNanos) {
        super(message, cause);
        this.stopped = stopped;
        this.waitNanos = waitNanos;
        this.kind = LoggedCauses.kind(failure);
    }

    /**
     * It is tried again in a while.
     *
     * @param failure what was thrown, however long ago and whatever is done about it by now; empty where the process
     *     ended
     */
    static BatchTrialException again(String message, String failure) {
        return again(message, failure, null, 0);
    }

    /** It is not tried again for so many nanoseconds. */
    static BatchTrialException again(String message, String failure, Throwable cause, long waitNanos) {
        return new BatchTrialException(message, failure, cause, false, waitNanos);
    }

    /** It is not tried again before the next start. */
    static BatchTrialException stopped(String message) {
        return new BatchTrialException(message, message, null, true, 0);
    }

    /** Of what was thrown, see {@link LoggedCauses}. */
    public String kind() {
        return kind;
    }

    /** For so many nanoseconds nothing comes of asking again. */
    public long waitNanos() {
        return waitNanos;
    }

    /** Whether nothing comes of trying again before the next start. */
    public boolean isStopped() {
        return stopped;
    }
}
