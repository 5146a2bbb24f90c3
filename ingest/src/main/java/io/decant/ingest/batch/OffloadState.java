package io.decant.ingest.batch;

import java.util.EnumSet;
import java.util.Set;

/**
 * How far a batch that may be large has come.
 *
 * <pre>
 *  ASKED --> SMALL
 *    |
 *    +-----> LARGE <--> STAGING --> STAGED <--> SUBMITTED
 *              ^                    ^  |
 *              +--------------------+  +------> READY
 * </pre>
 *
 * <p>What is staged from before is taken as it is, and so is a job's output that stands. A job that has ended leaves
 * the batch STAGED; to be READY its output must be good. What fails is tried again, after a while, sometimes from LARGE
 * on. Where the journal does not hold the batch it is DAMAGED, from wherever it is not settled.
 */
enum OffloadState {
    /** Its cut was not seen yet. */
    ASKED,
    /** To be split in memory. */
    SMALL,
    /** To be staged, unless it is. */
    LARGE,
    /** Some of it is written to where Spark reads it. */
    STAGING,
    /** All of it is; no job is under way. */
    STAGED,
    /** A job is under way. */
    SUBMITTED,
    /** Split, and to be read from the job's output. */
    READY,
    /** Not in the journal, whole. */
    DAMAGED;

    /** Whether it is known what becomes of the batch; then it stays so. */
    boolean isSettled() {
        return this == SMALL || this == READY || this == DAMAGED;
    }

    /** Whether a batch may come from here to {@code next} directly. */
    boolean leadsTo(OffloadState next) {
        return next == DAMAGED ? !isSettled() : next().contains(next);
    }

    private Set<OffloadState> next() {
        return switch (this) {
            case ASKED -> EnumSet.of(SMALL, LARGE);
            case LARGE -> EnumSet.of(STAGING, STAGED);
            case STAGING -> EnumSet.of(STAGED, LARGE);
            case STAGED -> EnumSet.of(SUBMITTED, READY, LARGE);
            case SUBMITTED -> EnumSet.of(STAGED);
            case SMALL, READY, DAMAGED -> EnumSet.noneOf(OffloadState.class);
        };
    }
}
