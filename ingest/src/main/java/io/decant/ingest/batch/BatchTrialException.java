package io.decant.ingest.batch;

/** A batch cannot be processed as it is, now or at all. Concerns whoever needs the batch, and nobody else. */
public final class BatchTrialException extends RuntimeException {

    private final boolean stopped;

    private BatchTrialException(String message, Throwable cause, boolean stopped) {
        super(message, cause);
        this.stopped = stopped;
    }

    /** It is tried again in a while. */
    static BatchTrialException again(String message, Throwable cause) {
        return new BatchTrialException(message, cause, false);
    }

    /** It is not tried again before the next start. */
    static BatchTrialException stopped(String message) {
        return new BatchTrialException(message, null, true);
    }

    /** Whether nothing comes of trying again before the next start. */
    public boolean isStopped() {
        return stopped;
    }
}
