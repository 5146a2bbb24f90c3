package io.decant.ingest.journal;

/** What a source sees of the journal: a bounded queue of blocks. All methods may be called from any thread. */
public interface Intake {

    /**
     * Hands a block in. Blocks of one stream must be offered in order.
     *
     * @return false when the queue is full: the caller keeps the block, takes no more from its origin, and asks
     *     {@link #whenRoom} to be told
     */
    boolean offer(Block block);

    /**
     * Has {@code wakeUp} run once, as soon as there is room again (immediately if there is room already). It runs on a
     * thread of the journal's: it must only pass the message on. Being woken promises nothing: another may have been
     * faster.
     */
    void whenRoom(Runnable wakeUp);

    /** How many kept streams a source may have in all: a checkpoint must hold their positions. It refuses one more. */
    int keptStreamsMax();

    /**
     * How much the streams of requests of a source may count in all, by {@link JournalState#requestBytes}: the journal
     * forgets the oldest ones beyond it.
     */
    default long requestBytesMax() {
        return JournalState.requestHeapBytes();
    }

    /**
     * Whether the writer takes nothing at present, because of the disk or the backlog. The queue may still have room.
     */
    default boolean isPaused() {
        return false;
    }
}
