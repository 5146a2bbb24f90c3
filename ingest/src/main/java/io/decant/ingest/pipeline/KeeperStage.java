package io.decant.ingest.pipeline;

import io.decant.ingest.journal.SegmentKeeper;

/** Runs the {@link SegmentKeeper}. */
record KeeperStage(SegmentKeeper keeper) implements Stage {

    @Override
    public String name() {
        return "journal-keeper";
    }

    /** Whether the keeper has something to do other than by time; any thread. */
    boolean isDue() {
        return keeper.isDue();
    }

    @Override
    public boolean work(long nowNanos) {
        return keeper.work(nowNanos);
    }

    @Override
    public long wakeAtNanos() {
        return keeper.wakeAtNanos();
    }
}
