package io.decant.ingest.journal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jctools.queues.MpscArrayQueue;

/**
 * The bounded queue between sources and the journal's writer. Many producers, one consumer; neither ever waits in it.
 *
 * <p>At its bound {@link #offer} refuses, the source stops reading and is woken when half of it is free. So it is while
 * the writer takes nothing, because the disk is full or because of the backlog: the whole back pressure is this one
 * queue.
 */
public final class HandOff implements Intake {

    /** Most blocks that wait. */
    static final int BLOCKS_MAX = 8192;
    /** Bytes of payload at which it is full; the block that reaches it may go beyond. */
    static final long BYTES_MAX = 16L << 20;

    private final MpscArrayQueue<Block> queue;
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    /** At most one for each event loop of a source. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private final Runnable wakeWriter;
    private final StreamBounds streams;
    private final BooleanSupplier paused;

    /**
     * How many streams a source may have in the journal.
     *
     * @param keptMax of those that are kept
     * @param requestBytesMax see {@link Intake#requestBytesMax}
     */
    public record StreamBounds(int keptMax, long requestBytesMax) {}

    /** One that is never paused. */
    public HandOff(Runnable wakeWriter, int keptStreamsMax) {
        this(wakeWriter, keptStreamsMax, BLOCKS_MAX, BYTES_MAX);
    }

    /** @param paused whether the writer takes nothing at present; asked by any thread */
    public HandOff(Runnable wakeWriter, StreamBounds streams, BooleanSupplier paused) {
        this(wakeWriter, streams, paused, BLOCKS_MAX, BYTES_MAX);
    }

    HandOff(Runnable wakeWriter, int keptStreamsMax, int blocksMax, long bytesMax) {
        this(
                wakeWriter,
                new StreamBounds(keptStreamsMax, JournalState.requestHeapBytes()),
                () -> false,
                blocksMax,
                bytesMax);
    }

    private HandOff(Runnable wakeWriter, StreamBounds streams, BooleanSupplier paused, int blocksMax, long bytesMax) {
        this.wakeWriter = wakeWriter;
        this.streams = streams;
        this.paused = paused;
        this.queue = new MpscArrayQueue<>(blocksMax);
        this.bytesMax = bytesMax;
    }

    @Override
    public boolean offer(Block block) {
        int size = block.bytes();
        long held;
        do {
            held = bytes.get();
            if (held >= bytesMax) {
                return false;
            }
        } while (!bytes.compareAndSet(held, held + size));
        if (!queue.offer(block)) {
            bytes.addAndGet(-size);
            return false;
        }
        wakeWriter.run();
        return true;
    }

    @Override
    public void whenRoom(Runnable wakeUp) {
        waiting.add(wakeUp);
        // The writer may have made room and looked for waiters just before; then nothing else would wake this one.
        wakeWriter.run();
    }

    @Override
    public int keptStreamsMax() {
        return streams.keptMax();
    }

    @Override
    public long requestBytesMax() {
        return streams.requestBytesMax();
    }

    @Override
    public boolean isPaused() {
        return paused.getAsBoolean();
    }

    /** The next block, or null; the writer's thread. */
    public Block poll() {
        Block block = queue.poll();
        if (block != null) {
            bytes.addAndGet(-block.bytes());
        }
        return block;
    }

    /** Wakes the sources that wait, where there is room for them; the writer's thread. */
    public void wakeWaiting() {
        if (waiting.isEmpty() || bytes.get() > bytesMax / 2 || queue.size() > queue.capacity() / 2) {
            return;
        }
        for (Runnable wakeUp = waiting.poll(); wakeUp != null; wakeUp = waiting.poll()) {
            wakeUp.run();
        }
    }

    /** Releases all that waits. Must not be polled afterwards. */
    public void discard() {
        for (Block block = poll(); block != null; block = poll()) {
            block.release();
        }
    }

    public boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Payload bytes that wait. */
    public long bytes() {
        return bytes.get();
    }
}
