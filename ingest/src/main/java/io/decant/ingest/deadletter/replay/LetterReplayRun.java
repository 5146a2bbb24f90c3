package io.decant.ingest.deadletter.replay;

import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.stage.StageWaker;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A plan on its way into the journal: sink by sink, the next batch when all before it is synced. Owned by the replay's
 * thread; the syncer's tells it what is synced.
 */
final class LetterReplayRun implements BlockOwner, AutoCloseable {

    private final LetterReplayPlan plan;
    private final DeadLetterStore store;
    private final LetterReplayTarget target;
    private final LetterReplaySlot slot;
    private final long batchesBefore;
    private final StageWaker replay;
    private final Deque<String> sinksLeft = new ArrayDeque<>();
    private final boolean leavesSome;
    private LetterReplayReader reader;
    private long handedIn;
    private boolean ended;
    private volatile long synced;

    /** @param replay has {@link #step} called */
    LetterReplayRun(
            LetterReplayPlan plan,
            DeadLetterStore store,
            LetterReplayTarget target,
            LetterReplaySlot slot,
            StageWaker replay) {
        this.plan = plan;
        this.store = store;
        this.target = target;
        this.slot = slot;
        this.batchesBefore = slot.batches();
        this.replay = replay;
        for (String sink : plan.letters().keySet()) {
            if (sink.startsWith("/") || target.takes(sink)) {
                sinksLeft.add(sink);
            }
        }
        this.leavesSome = sinksLeft.size() < plan.letters().size();
    }

    LetterReplayPlan plan() {
        return plan;
    }

    /** How many batches were made of it since this run began. */
    long batches() {
        return slot.batches() - batchesBefore;
    }

    /** Whether everything that can go is synced and cut. */
    boolean isDone() {
        return ended && hasSettled();
    }

    /** Whether the plan must stay, since the sink of some letters is not in the settings. */
    boolean leavesSome() {
        return leavesSome;
    }

    private boolean hasSettled() {
        return slot.isFree() && synced == handedIn;
    }

    /**
     * Hands the next batch in, if it is time to.
     *
     * @return whether anything was done
     * @throws IOException where the plan cannot be read, or holds what the journal cannot take
     */
    boolean step(long nowMillis) throws IOException {
        if (ended || !hasSettled()) {
            return false;
        }
        List<Block> blocks = next(nowMillis);
        if (blocks.isEmpty()) {
            ended = true;
            return true;
        }
        for (Block block : blocks) {
            handedIn += block.records();
        }
        slot.offer(blocks);
        return true;
    }

    private List<Block> next(long nowMillis) throws IOException {
        while (reader != null || !sinksLeft.isEmpty()) {
            if (reader == null) {
                String sink = sinksLeft.remove();
                reader = new LetterReplayReader(store, plan, sink, target);
            }
            List<Block> blocks = reader.next(this, nowMillis);
            if (!blocks.isEmpty()) {
                return blocks;
            }
            close();
        }
        return List.of();
    }

    @Override
    public void synced(Block block) {
        // One thread syncs, so no other thread writes this.
        long before = synced;
        synced = before + block.records();
        replay.wake();
    }

    /** Lets go of the file. */
    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
