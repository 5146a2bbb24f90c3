package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetters;

/** Runs what writes {@link DeadLetters}. */
record DeadLetterStage(DeadLetters letters) implements Stage {

    @Override
    public String name() {
        return "dead-letters";
    }

    @Override
    public boolean work(long nowNanos) {
        return letters.work(nowNanos);
    }

    @Override
    public long wakeAtNanos() {
        return letters.wakeAtNanos();
    }
}
