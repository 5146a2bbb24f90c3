package io.decant.ingest.batch;

import io.decant.offload.client.OffloadException;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.log.LoggedCauses;
import io.decant.offload.retry.DoublingDelay;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has what failed tried again, ever later and without end. Owned by the stage's thread, the count excepted. */
final class OffloadRetry {

    private static final DoublingDelay DELAY = DoublingDelay.of(Duration.ofSeconds(1), Duration.ofMinutes(1));
    /** So many jobs fail, and the batch is staged again: perhaps what is staged was lost. */
    private static final int FAILURES_PER_STAGING = 4;

    private static final int ERROR_CHARS_MAX = 400;

    private static final Logger log = LoggerFactory.getLogger(OffloadRetry.class);

    private final Offloader offloader;
    private final RandomGenerator random;
    private final AtomicLong failures = new AtomicLong();

    /** @param random of the delays between attempts */
    OffloadRetry(Offloader offloader, RandomGenerator random) {
        this.offloader = offloader;
        this.random = random;
    }

    /** Notes that an attempt came to nothing, and when the next is due. */
    void failed(OffloadTask batch, Throwable cause, long nowNanos) {
        boolean explained = cause instanceof OffloadException && cause.getMessage() != null;
        String error = oneLine(explained ? cause.getMessage() : cause.toString());
        failures.incrementAndGet();
        if (batch.causes().failed(LoggedCauses.kind(error), nowNanos)) {
            log.warn(
                    "batch {}: not split on Spark: {}; retrying until it succeeds",
                    batch.cut() == null ? "at " + batch.start() : Long.toString(batch.number()),
                    error);
            log.debug("not split on Spark", cause);
        }
        boolean maybeLost = batch.state() == OffloadState.STAGED || batch.state() == OffloadState.LARGE;
        batch.failed(error);
        // Before anything below may fail, too: nothing is tried without a pause.
        batch.tryAgainAt(nowNanos + 1 + DELAY.jitteredNanos(batch.failures(), random));
        if (maybeLost
                && offloader.status().state() == OffloaderStatus.State.READY
                && batch.jobFailed() % FAILURES_PER_STAGING == 0) {
            batch.stageAnew();
        }
    }

    /** Spark and Hadoop tell whole stack traces. */
    private static String oneLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= ERROR_CHARS_MAX ? line : line.substring(0, ERROR_CHARS_MAX) + "...";
    }

    /** Attempts that came to nothing since the start, of all batches; any thread. */
    long failures() {
        return failures.get();
    }
}
