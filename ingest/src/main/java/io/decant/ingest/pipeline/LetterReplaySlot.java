package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Block;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where dead letters that go out again are handed to the journal's writer, a batch at a time. Not through the {@link
 * io.decant.ingest.journal.HandOff}: there they would stand behind all that the sources wait with, and among it, so that each
 * block would cost two cuts.
 *
 * <p>The replay's thread offers, the writer's thread does the rest.
 */
final class LetterReplaySlot {

    /**
     * What became of all that was offered since the start.
     *
     * @param batches how many were cut
     * @param last number of the last one; 0 before the first
     */
    record Made(long batches, long last) {}

    private final AtomicReference<List<Block>> offered = new AtomicReference<>();
    private final Runnable freed;
    private volatile boolean free = true;
    private volatile Made made = new Made(0, 0);
    /** Taken and not cut yet; the writer's. */
    private boolean taken;

    /** @param freed told, on the writer's thread, when all that was offered is cut */
    LetterReplaySlot(Runnable freed) {
        this.freed = freed;
    }

    /**
     * Hands blocks in that are for the same sink, to be a batch of their own, or several where that many records do not fit one.
     *
     * @return false while those before them are not cut
     */
    boolean offer(List<Block> blocks) {
        if (!free) {
            return false;
        }
        free = false;
        offered.set(blocks);
        return true;
    }

    /** Whether all that was offered is cut; any thread. */
    boolean isFree() {
        return free;
    }

    /** Any thread. */
    Made made() {
        return made;
    }

    /** What was offered, once; null where there is nothing. */
    List<Block> poll() {
        List<Block> blocks = offered.get() == null ? null : offered.getAndSet(null);
        taken |= blocks != null;
        return blocks;
    }

    boolean isEmpty() {
        return offered.get() == null;
    }

    /**
     * A batch of replayed records was cut: what was offered, or what a crash left uncut.
     *
     * @param number of the batch
     * @param rest whether nothing of what was taken is left
     */
    void cut(long number, boolean rest) {
        made = new Made(made.batches() + 1, number);
        if (taken && rest) {
            taken = false;
            free = true;
            freed.run();
        }
    }
}
