package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Syncer;

/** Runs the {@link Syncer}, and wakes those that wait for the disk. */
record SyncerStage(Syncer syncer, Runnable synced) implements Stage {

    @Override
    public String name() {
        return "journal-syncer";
    }

    @Override
    public boolean work(long nowNanos) {
        boolean worked = syncer.work(nowNanos);
        if (worked) {
            synced.run();
        }
        return worked;
    }

    @Override
    public long wakeAtNanos() {
        return syncer.wakeAtNanos();
    }
}
