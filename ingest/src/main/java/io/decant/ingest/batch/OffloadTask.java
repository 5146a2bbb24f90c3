package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalException;
import io.decant.offload.log.LoggedCauses;
import io.decant.offload.protocol.DriverAnswer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch that may be large, because it was asked for, and its state. Owned by the stage's thread;
 * what others may ask says so.
 */
final class OffloadTask {

    private static final Logger log = LoggerFactory.getLogger(OffloadTask.class);

    private final CutScanner look;
    private final Runnable wakeLanes;
    private final LoggedCauses causes = new LoggedCauses();
    private volatile OffloadState state = OffloadState.ASKED;
    private volatile Cut cut;
    private volatile List<Exclusion> excluded = List.of();
    private volatile OffloadedBatch result;
    private volatile JournalException damage;
    private volatile String error = "";

    /** Guarded by the owner of the batches. */
    private int tickets;

    private boolean toStageAnew;
    private boolean runsNeeded;
    private int failures;
    private int failedJobs;
    private long dueNanos = Long.MIN_VALUE;
    private BatchStaging staging;
    private CompletableFuture<DriverAnswer.Done> job;

    /** @param wakeLanes told when there is news for those who have asked */
    OffloadTask(CutScanner look, Runnable wakeLanes) {
        this.look = look;
        this.wakeLanes = wakeLanes;
    }

    /** Position where it begins; any thread. */
    long start() {
        return look.start();
    }

    /** Its extent in the journal, as far as it is known. */
    CutScanner extent() {
        return look;
    }

    /** Any thread. */
    OffloadState state() {
        return state;
    }

    /** Any thread. */
    boolean isSettled() {
        return state.isSettled();
    }

    /** Null until it is started; any thread. */
    Cut cut() {
        return cut;
    }

    /** The number of its cut, which is known by now. */
    long number() {
        return cut.batch();
    }

    /** Set once it is {@link OffloadState#READY}; any thread. */
    OffloadedBatch result() {
        return result;
    }

    /** Set once it is {@link OffloadState#DAMAGED}; any thread. */
    JournalException damage() {
        return damage;
    }

    /** Why it was not split the last time; empty as long as nothing went wrong. Any thread. */
    String error() {
        return error;
    }

    /** Gives out one more ticket. Under the lock of the owner of the batches, as the next two. */
    void addTicket() {
        tickets++;
    }

    void removeTicket() {
        tickets--;
    }

    boolean hasTickets() {
        return tickets > 0;
    }

    /** The only place where the state of a batch changes. */
    private void move(OffloadState to) {
        OffloadState from = state;
        if (!from.leadsTo(to)) {
            throw new IllegalStateException("batch at " + start() + " was " + from + " and would be " + to);
        }
        log.debug("batch at {}: {} -> {}", start(), from, to);
        state = to;
        if (from == OffloadState.ASKED || to.isSettled()) {
            wakeLanes.run();
        }
    }

    /** Looks on for the cut. */
    Cut look() {
        cut = look.step();
        return cut;
    }

    /** Notes which of its records are set aside; before it is staged. */
    void exclude(List<Exclusion> setAside) {
        excluded = setAside;
    }

    /** Its records that are set aside, by ordinal. */
    List<Exclusion> excluded() {
        return excluded;
    }

    void small() {
        move(OffloadState.SMALL);
    }

    void large() {
        move(OffloadState.LARGE);
    }

    /** Begins to write it; what was staged of it before is discarded. */
    void staging(BatchStaging begun) {
        toStageAnew = false;
        staging = begun;
        move(OffloadState.STAGING);
    }

    BatchStaging staging() {
        return staging;
    }

    void staged() {
        staging = null;
        move(OffloadState.STAGED);
    }

    void submitted(CompletableFuture<DriverAnswer.Done> underWay) {
        job = underWay;
        move(OffloadState.SUBMITTED);
    }

    CompletableFuture<DriverAnswer.Done> job() {
        return job;
    }

    /** Whatever its output is like, the job is not under way any more. */
    void jobEnded() {
        job = null;
        move(OffloadState.STAGED);
    }

    void ready(OffloadedBatch split) {
        result = split;
        error = "";
        move(OffloadState.READY);
    }

    void damaged(JournalException e) {
        damage = e;
        move(OffloadState.DAMAGED);
    }

    /** Has it staged once more, from the beginning: what is staged is another batch, or no good. */
    void stageAnew() {
        toStageAnew = true;
        if (state != OffloadState.LARGE) {
            move(OffloadState.LARGE);
        }
    }

    boolean isToBeStagedAnew() {
        return toStageAnew;
    }

    /** Not every batch can be written as every sink would: a job without runs has left a sink with nothing. */
    void needRuns() {
        runsNeeded = true;
    }

    boolean needsRuns() {
        return runsNeeded;
    }

    /** Notes an attempt that came to nothing. What was half staged is begun again. */
    void failed(String reason) {
        failures++;
        error = reason;
        if (state == OffloadState.STAGING) {
            staging = null;
            move(OffloadState.LARGE);
        }
    }

    /** What the log was told of attempts that came to nothing. */
    LoggedCauses causes() {
        return causes;
    }

    /** Attempts that came to nothing. */
    int failures() {
        return failures;
    }

    /** Notes that it was not Spark that could not be reached; returns how often so far. */
    int jobFailed() {
        return ++failedJobs;
    }

    void tryAgainAt(long nanos) {
        dueNanos = nanos;
    }

    /** Before this there is nothing to try. */
    long dueNanos() {
        return dueNanos;
    }
}
