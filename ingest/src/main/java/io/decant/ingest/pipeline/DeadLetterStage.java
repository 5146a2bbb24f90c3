package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetters;

/** Runs what writes {@link DeadLetters}. */
record DeadLetterStage(DeadLetters letters) implements Stage {

    @Override
    public String name() {
        return "dead-letters";
    }

    @Override
    public boolean work(long nowNanos) {
        try {
            return letters.work(nowNanos);
        } catch (DeadLetterException e) {
            // Only sinks that have some wait for them: the journal and everything else go on.
            letters.stop(e);
            return false;
        }
    }

    @Override
    public long wakeAtNanos() {
        return letters.wakeAtNanos();
    }
}
