package io.decant.ingest.pipeline;

import io.decant.ingest.journal.SegmentKeeper;

/** Runs the {@link SegmentKeeper}, which looks at the disk twice a second, and looks at the clock as often. */
record KeeperStage(SegmentKeeper keeper, ClockWatch clock) implements Stage {

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
        clock.look(nowNanos);
        return keeper.work(nowNanos);
    }

    @Override
    public long wakeAtNanos() {
        return keeper.wakeAtNanos();
    }
}
