package io.decant.ingest.journal;

import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jctools.queues.SpscArrayQueue;

/**
 * Brings what the writer appended to stable storage, then says so: moves {@code synced}, {@code cut} and
 * {@code delivered}, and hands blocks back to their owners. One force covers everything that was appended before it
 * began (group commit), while the writer continues to append.
 *
 * <p>{@link #submit} and {@link #hasRoom} belong to the writer's thread, the rest to the syncer's.
 */
public final class Syncer implements Stage {

    /** Most entries that wait for a force. */
    static final int TICKETS_MAX = 4096;
    /** Bytes that make a group worth syncing immediately, whatever the linger. */
    private static final long GROUP_BYTES = 1 << 20;

    private final SpscArrayQueue<SyncTicket> queue = new SpscArrayQueue<>(TICKETS_MAX);
    private final SyncTicket[] group = new SyncTicket[TICKETS_MAX];
    private final Positions positions;
    private final long lingerNanos;
    private final LongConsumer cutSynced;
    private final StageWaker waker = new StageWaker();
    private Runnable afterSync = () -> {};
    private LongSupplier nanoTime = () -> 0;
    private LongConsumer forceTook = nanos -> {};
    private SegmentStore.SegmentWriter segment;
    private long lingerUntilNanos = Long.MAX_VALUE;

    /**
     * @param linger how long a group may wait for company
     * @param cutSynced told the number of each batch as soon as it lives
     */
    public Syncer(Positions positions, long linger, TimeUnit unit, LongConsumer cutSynced) {
        this.positions = positions;
        this.lingerNanos = unit.toNanos(linger);
        this.cutSynced = cutSynced;
    }

    /** Has every force timed; before the syncer runs. */
    public void timeForces(LongSupplier clock, LongConsumer tookNanos) {
        nanoTime = clock;
        forceTook = tookNanos;
    }

    /** Has everyone told who waits for a sync, after each; before the syncer runs. */
    public void afterSync(Runnable told) {
        afterSync = told;
    }

    /** Whether the writer may append another entry: it must not run ahead of the disk without bound. */
    public boolean hasRoom() {
        return queue.size() < TICKETS_MAX - 64;
    }

    public void submit(SyncTicket ticket) {
        if (!queue.offer(ticket)) {
            throw new IllegalStateException("more than " + TICKETS_MAX + " entries wait for a sync");
        }
        waker.wake();
    }

    @Override
    public String name() {
        return "journal-syncer";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /**
     * Syncs what waits, where it is time to.
     *
     * @return whether anything was synced
     * @throws JournalException of kind {@link JournalException.Kind#FAILED}: nothing may be acknowledged any more
     */
    @Override
    public boolean work(long nowNanos) {
        SyncTicket first = queue.peek();
        if (first == null) {
            return false;
        }
        if (lingerNanos > 0 && positions.appended() - positions.synced() < GROUP_BYTES) {
            if (lingerUntilNanos == Long.MAX_VALUE) {
                lingerUntilNanos = nowNanos + lingerNanos;
            }
            if (nowNanos - lingerUntilNanos < 0) {
                return false;
            }
        }
        lingerUntilNanos = Long.MAX_VALUE;
        int count = queue.drain(ticket -> group[groupSize++] = ticket, TICKETS_MAX);
        groupSize = 0;
        long begun = nanoTime.getAsLong();
        force(count);
        forceTook.accept(nanoTime.getAsLong() - begun);
        for (int i = 0; i < count; i++) {
            complete(group[i]);
            group[i] = null;
        }
        afterSync.run();
        return true;
    }

    private int groupSize;

    @Override
    public long wakeAtNanos() {
        return lingerUntilNanos;
    }

    private void force(int count) {
        try {
            for (int i = 0; i < count; i++) {
                if (group[i].segment() != segment) {
                    if (segment != null) {
                        // The old segment's tail must be safe before anything in the new one counts.
                        segment.force();
                        segment.close();
                    }
                    segment = group[i].segment();
                }
            }
            segment.force();
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.FAILED,
                    "journal: sync failed: " + e.getMessage()
                            + "; no further records will be acknowledged; fix the disk and restart",
                    e);
        }
    }

    private void complete(SyncTicket ticket) {
        positions.synced(ticket.end());
        positions.cut(ticket.cut());
        positions.delivered(ticket.delivered());
        for (Block block : ticket.blocks()) {
            block.owner().synced(block);
        }
        if (ticket.batch() != 0) {
            cutSynced.accept(ticket.batch());
        }
    }

    /**
     * What the writer asks of the syncer: to bring everything before {@code end} to stable storage, then to say so.
     *
     * @param segment where the writer wrote it; the segments before it are forced first
     * @param end {@code appended} once this was written
     * @param cut the position {@code cut} once this is synced
     * @param delivered the position {@code delivered} once this is synced
     * @param batch number of the batch whose cut this is; 0: none
     * @param blocks whose owners are told
     */
    public record SyncTicket(
            SegmentStore.SegmentWriter segment, long end, long cut, long delivered, long batch, List<Block> blocks) {}
}
