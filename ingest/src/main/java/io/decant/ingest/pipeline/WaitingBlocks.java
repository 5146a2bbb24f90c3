package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.replay.LetterReplaySlot;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.Recipients;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The blocks that wait to be appended, in groups of which each becomes an entry: those of a replay first, then what the
 * sources handed in. A block that would overfill its batch is cut in two; one with a cursor is never divided, so it
 * waits for the next batch. Owned by the writer's thread.
 */
final class WaitingBlocks {

    private final HandOff handOff;
    private final LetterReplaySlot replays;
    private final GroupLimits limits;
    private final List<Block> group = new ArrayList<>();
    /** The rest of what was taken from the slot. */
    private final Deque<Block> replay = new ArrayDeque<>();
    /** Taken from the queue already: the rest of a block that was cut in two, or one that did not fit its group. */
    private Block held;

    /** @param replays where dead letters that go out again are handed in */
    WaitingBlocks(HandOff handOff, LetterReplaySlot replays, GroupLimits limits) {
        this.handOff = handOff;
        this.replays = replays;
        this.limits = limits;
    }

    /** Takes what a replay has handed in, once what it handed in before is appended. */
    void takeReplay() {
        List<Block> blocks = replay.isEmpty() ? replays.poll() : null;
        if (blocks != null) {
            replay.addAll(blocks);
        }
    }

    /** Whether a replay is what comes next. */
    boolean isReplay() {
        return !replay.isEmpty();
    }

    /** Whom what comes next is for. */
    Recipients recipients() {
        return replay.isEmpty() ? Recipients.EVERY_SINK : Recipients.of(replay.peek().stream());
    }

    boolean isEmpty() {
        return held == null && handOff.isEmpty() && replay.isEmpty() && replays.isEmpty();
    }

    /**
     * Bytes of the next entry at the most: a record that goes out again may be longer than what the sources take by
     * now.
     */
    int entryBytesMax() {
        int bytes = limits.entryBytesMax();
        return replay.isEmpty() ? bytes : Math.max(bytes, replay.peek().bytes());
    }

    /**
     * Whether what comes next must not be divided and does not fit the batch that is open.
     *
     * @param recordsLeft most records that the batch can still take
     */
    boolean needsNextBatch(long recordsLeft) {
        Block next = replay.isEmpty() ? held : replay.peek();
        return next != null && !next.isDivisible() && next.records() > recordsLeft;
    }

    /**
     * The next group, valid until the next call; empty where nothing waits, or what waits is for the next batch.
     *
     * @param recordsLeft most records that the batch can still take, at least 1
     * @param batchIsEmpty whether the batch has none yet: then a block that must not be divided is taken whole, however
     *     large
     */
    List<Block> gather(long recordsLeft, boolean batchIsEmpty) {
        group.clear();
        long left = recordsLeft;
        long bytes = 0;
        boolean replaying = isReplay();
        while (left > 0 && group.size() < limits.blocksMax()) {
            Block block = replaying ? replay.poll() : nextOfSources();
            if (block == null) {
                break;
            }
            boolean full = !group.isEmpty() && bytes + block.entryBytes() > limits.bytesMax();
            boolean overfills = block.records() > left;
            if (full || (overfills && !block.isDivisible() && !(batchIsEmpty && group.isEmpty()))) {
                putBack(block);
                break;
            }
            if (overfills && block.isDivisible()) {
                Block[] halves = block.splitAfter((int) left);
                block = halves[0];
                putBack(halves[1]);
            }
            group.add(block);
            left -= block.records();
            bytes += block.entryBytes();
        }
        return group;
    }

    private Block nextOfSources() {
        Block block = held != null ? held : handOff.poll();
        held = null;
        return block;
    }

    private void putBack(Block block) {
        if (Recipients.isReplay(block.stream())) {
            replay.addFirst(block);
        } else {
            held = block;
        }
    }

    /** A batch was cut, for these sinks: tells the slot, where it was of a replay. */
    void cut(Recipients recipients) {
        if (!recipients.equals(Recipients.EVERY_SINK)) {
            replays.cut(!isReplay());
        }
    }

    /** Wakes the sources that wait, where there is room for them. */
    void wakeSources() {
        handOff.wakeWaiting();
    }

    /** Lets go of what waits. */
    void close() {
        if (held != null) {
            held.release();
            held = null;
        }
        takeReplay();
        replay.forEach(Block::release);
        replay.clear();
        handOff.discard();
    }
}
