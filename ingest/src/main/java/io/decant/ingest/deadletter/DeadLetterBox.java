package io.decant.ingest.deadletter;

/** Where one lane puts its dead letters. For that lane's thread alone. */
public interface DeadLetterBox {

    /**
     * Leaves a letter. One that is there already, from before a crash or by another lane, is taken and not written
     * again.
     *
     * @return false: there is no room now; the lane is woken when there may be
     */
    boolean offer(DeadLetter letter);

    /** How many letters were taken here. */
    long offered();

    /**
     * How many of the letters that were taken here, in order, are on stable storage. Only grows; the lane is woken when
     * it does.
     */
    long synced();

    /**
     * What the sink's letters of earlier servers tell of its refusals; null as long as they are not read yet: the lane
     * is woken when they are.
     */
    default RefusalHistory history() {
        return RefusalHistory.NONE;
    }
}
