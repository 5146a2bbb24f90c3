package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchOffload;

/** Runs the {@link BatchOffload}. */
record OffloadStage(BatchOffload offload) implements Stage {

    @Override
    public String name() {
        return "offload";
    }

    @Override
    public boolean work(long nowNanos) {
        return offload.work(nowNanos);
    }

    @Override
    public boolean waitsForOthers() {
        return true;
    }

    @Override
    public long wakeAtNanos() {
        return offload.wakeAtNanos();
    }
}
