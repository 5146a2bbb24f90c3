package io.decant.ingest.deadletter.replay;

import io.decant.ingest.journal.Block;
import io.decant.ingest.stage.StageWaker;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where dead letters that go out again are handed to the journal's writer, a batch at a time. Not through the
 * {@link io.decant.ingest.journal.HandOff}: there they would stand behind all that the sources wait with, and among it,
 * so that each block would cost two cuts.
 *
 * <p>The replay's thread offers, the writer's thread does the rest.
 */
public final class LetterReplaySlot {

    private final AtomicReference<List<Block>> offered = new AtomicReference<>();
    private final StageWaker replay;
    private final StageWaker writer;
    private volatile boolean free = true;
    private volatile long batches;
    /** Taken and not cut yet; the writer's. */
    private boolean taken;

    /**
     * @param replay woken when all that was offered is cut
     * @param writer woken when something is offered
     */
    public LetterReplaySlot(StageWaker replay, StageWaker writer) {
        this.replay = replay;
        this.writer = writer;
    }

    /**
     * Hands blocks in that are for the same sink, to be a batch of their own, or several where that many records do not
     * fit one.
     *
     * @return false while those before them are not cut
     */
    public boolean offer(List<Block> blocks) {
        if (!free) {
            return false;
        }
        free = false;
        offered.set(blocks);
        writer.wake();
        return true;
    }

    /** Whether all that was offered is cut; any thread. */
    public boolean isFree() {
        return free;
    }

    /** How many batches were cut of what was offered since the start; any thread. */
    public long batches() {
        return batches;
    }

    /** What was offered, once; null where there is nothing. */
    public List<Block> poll() {
        List<Block> blocks = offered.get() == null ? null : offered.getAndSet(null);
        taken |= blocks != null;
        return blocks;
    }

    public boolean isEmpty() {
        return offered.get() == null;
    }

    /**
     * A batch of replayed records was cut: what was offered, or what a crash left uncut.
     *
     * @param rest whether nothing of what was taken is left
     */
    public void cut(boolean rest) {
        // One thread cuts, so no other thread writes this.
        long before = batches;
        batches = before + 1;
        if (taken && rest) {
            taken = false;
            free = true;
            replay.wake();
        }
    }
}
