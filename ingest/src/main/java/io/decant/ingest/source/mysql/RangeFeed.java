package io.decant.ingest.source.mysql;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A stream of rows on its way into the journal: those of a range, or of the increments of a table.
 *
 * <pre>
 *   synced  <=  handed in
 * </pre>
 *
 * <p>Belongs to the thread that reads the range, {@link #synced}, {@link #next()} and {@link #isSettled()} excepted.
 */
final class RangeFeed implements BlockOwner {

    private final StreamId stream;
    private final SourceCounters counters;
    private final Runnable onSynced;
    private KeyCursor cursor;

    /** Written by the thread that reads alone. */
    private volatile long handedIn;

    /** Written by the syncer alone. */
    private volatile long synced;

    /**
     * @param kept what the journal knows of the stream; null: nothing
     * @param onSynced run on the syncer's thread when all that was handed in is durable: passes the message on
     * @throws ImportException where a newer version wrote the cursor
     */
    RangeFeed(StreamId stream, ResumableStream kept, SourceCounters counters, Runnable onSynced) {
        this.stream = stream;
        this.counters = counters;
        this.onSynced = onSynced;
        if (kept != null) {
            this.handedIn = kept.next();
            this.synced = kept.next();
            this.cursor = KeyCursor.decode(kept.cursor());
        }
    }

    /** Ordinal of the row that is handed in next: so many were. Any thread. */
    long next() {
        return handedIn;
    }

    /** The key of the row that was handed in last; empty where none was, or none of this increment. */
    List<byte[]> cursor(long increment) {
        return cursor == null || cursor.increment() != increment ? List.of() : cursor.key();
    }

    /** Makes the next block; it is handed in by the caller, who says so with {@link #handsIn}
     * before and {@link #handedIn} after. */
    Block block(ByteBuf payload, int rows, long arrivalMillis, OpaqueBytes encodedCursor) {
        return Block.framed(
                        stream,
                        handedIn,
                        rows,
                        arrivalMillis,
                        payload,
                        ResumePoint.NO_OFFSET,
                        ResumePoint.NO_TOPIC,
                        this)
                .withCursor(encodedCursor);
    }

    /** The journal is about to have all rows before this ordinal. */
    void handsIn(long next) {
        handedIn = next;
    }

    /** The journal has the block with this cursor. */
    void handedIn(KeyCursor behind) {
        cursor = behind;
    }

    /** Whether all that was handed in is durable. Any thread. */
    boolean isSettled() {
        return synced == handedIn;
    }

    @Override
    public void synced(Block block) {
        counters.synced(block.records(), block.bytes());
        synced = block.next();
        if (isSettled()) {
            onSynced.run();
        }
    }
}
