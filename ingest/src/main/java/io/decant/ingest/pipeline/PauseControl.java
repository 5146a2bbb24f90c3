package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.journal.SegmentKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether sources wait, and why. Owned by the writer's thread; {@link #now} and {@link #reason} are for any. */
final class PauseControl {

    private static final Logger log = LoggerFactory.getLogger(WriterStage.class);

    private final DiskBounds bounds;
    private final SegmentKeeper keeper;
    private final DeadLetters deadLetters;
    private volatile PauseReason now = PauseReason.NONE;

    PauseControl(DiskBounds bounds, SegmentKeeper keeper, DeadLetters deadLetters) {
        this.bounds = bounds;
        this.keeper = keeper;
        this.deadLetters = deadLetters;
    }

    /** Why sources wait. */
    PauseReason now() {
        return now;
    }

    /** Why sources wait, in words; empty where they do not. */
    String reason() {
        PauseReason reason = now;
        return reason == PauseReason.NO_SEGMENT ? reason.reason() + ": " + keeper.trouble() : reason.reason();
    }

    /**
     * Looks whether the disk lets sources continue.
     *
     * @param backlogBytes of the journal that some sink still has to get
     * @param roomForNext whether the segment takes the next entry
     */
    void look(long backlogBytes, boolean roomForNext) {
        PauseReason next;
        if (bounds.isBacklog(backlogBytes, now)) {
            next = PauseReason.BACKLOG;
        } else if (bounds.isShort(keeper.freeBytes(), now)) {
            next = PauseReason.FREE_SPACE;
        } else if (!roomForNext) {
            // Usually the keeper is just busy with it; it is worth a word only where it cannot.
            next = keeper.trouble().isEmpty() ? PauseReason.NONE : PauseReason.NO_SEGMENT;
        } else if (deadLetters.isFull()) {
            next = PauseReason.DEAD_LETTERS;
        } else {
            next = PauseReason.NONE;
        }
        if (next != now) {
            move(next);
        }
    }

    /** The one place where it changes. */
    private void move(PauseReason next) {
        if (next == PauseReason.NONE) {
            log.info("sources resume: no longer '{}'", now.reason());
        } else {
            log.warn("sources are paused: {}", next.reason());
        }
        now = next;
    }
}
