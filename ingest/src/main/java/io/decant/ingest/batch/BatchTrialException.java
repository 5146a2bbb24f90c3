package io.decant.ingest.batch;

/** A batch cannot be processed as it is, now or at all. Concerns the sinks that need the batch, and nothing else. */
public final class BatchTrialException extends RuntimeException {

    private final boolean stopped;
    private final long waitNanos;

    private BatchTrialException(String message, Throwable cause, boolean stopped, long waitNanos) {
        super(message, cause);
        this.stopped = stopped;
        this.waitNanos = waitNanos;
    }

    /** It is tried again in a while. */
    static BatchTrialException again(String message, Throwable cause) {
        return again(message, cause, 0);
    }

    /** It is not tried again for so many nanoseconds. */
    static BatchTrialException again(String message, Throwable cause, long waitNanos) {
        return new BatchTrialException(message, cause, false, waitNanos);
    }

    /** It is not tried again before the next start. */
    static BatchTrialException stopped(String message) {
        return new BatchTrialException(message, null, true, 0);
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
