package io.decant.ingest.journal;

/** Whoever handed a block in and waits to acknowledge it. */
public interface BlockOwner {

    /**
     * The block is synced: on stable storage, and never lost from here on. Called once for each block (a block that was
     * cut in two at a batch's end comes back as its two parts), in the order in which the stream handed its blocks in,
     * on the syncer's thread: pass it on, do not work here.
     */
    void synced(Block block);
}
