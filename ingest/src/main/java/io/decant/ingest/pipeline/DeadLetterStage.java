package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetters;

/** Runs what writes {@link DeadLetters}, and tells the log how many there are. */
final class DeadLetterStage implements Stage {

    private final DeadLetters letters;
    private final DeadLetterLog log;

    DeadLetterStage(DeadLetters letters) {
        this.letters = letters;
        this.log = new DeadLetterLog(letters::written);
    }

    @Override
    public String name() {
        return "dead-letters";
    }

    @Override
    public boolean work(long nowNanos) {
        try {
            boolean worked = letters.work(nowNanos);
            log.look(nowNanos);
            return worked;
        } catch (DeadLetterException e) {
            // Only sinks that have some wait for them: the journal and everything else go on.
            letters.stop(e);
            return false;
        }
    }

    @Override
    public long wakeAtNanos() {
        return Math.min(letters.wakeAtNanos(), log.lookAtNanos());
    }

    /** The stage works no more: tells the log the totals. Not while its thread runs. */
    void ended() {
        log.ended();
    }
}
