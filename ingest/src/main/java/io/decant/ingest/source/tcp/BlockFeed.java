package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceCounters;
import io.netty.buffer.ByteBuf;
import java.time.InstantSource;
import java.util.ArrayDeque;

/**
 * Makes the blocks of one stream, hands them in, in order, and knows how many of the stream's records are durable.
 *
 * <p>Belongs to the connection's event loop, {@link #synced} and {@link #durable()} excepted. What the journal has no
 * room for is kept here; it is bounded because the connection reads no more until it is handed in.
 */
final class BlockFeed implements BlockOwner, LineFramer.Output {

    private final StreamId stream;
    private final Intake intake;
    private final InstantSource clock;
    private final SourceCounters counters;
    private final Runnable onSynced;
    private final ArrayDeque<Block> kept = new ArrayDeque<>(2);
    private long next;

    /** Written by the syncer alone. */
    private volatile long durable;

    /**
     * @param start ordinal of the stream's next record; so many are durable
     * @param onSynced run on the syncer's thread after each block: passes the message on
     */
    BlockFeed(
            StreamId stream,
            long start,
            Intake intake,
            InstantSource clock,
            SourceCounters counters,
            Runnable onSynced) {
        this.stream = stream;
        this.intake = intake;
        this.clock = clock;
        this.counters = counters;
        this.onSynced = onSynced;
        this.next = start;
        this.durable = start;
    }

    StreamId stream() {
        return stream;
    }

    /** Records of the stream that are durable. Any thread. */
    long durable() {
        return durable;
    }

    @Override
    public void lines(ByteBuf payload, int records) {
        Block block = new Block(stream, next, records, clock.millis(), payload, this);
        next = block.next();
        if (!kept.isEmpty() || !intake.offer(block)) {
            kept.add(block);
        }
    }

    /** Whether blocks wait for room in the journal. */
    boolean waitsForRoom() {
        return !kept.isEmpty();
    }

    /** Hands in what waits for room, as far as there is room. */
    void offerKept() {
        while (!kept.isEmpty() && intake.offer(kept.peek())) {
            kept.remove();
        }
    }

    /** Whether everything is handed in and durable. */
    boolean settled() {
        return durable == next;
    }

    /** Lets go of what waits for room: the journal takes no more. */
    void abandon() {
        kept.forEach(Block::release);
        kept.clear();
    }

    @Override
    public void synced(Block block) {
        durable = block.next();
        counters.synced(block.records(), block.bytes());
        onSynced.run();
    }
}
