package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;

/**
 * Where buckets go. A sink is driven by one delivery thread, which calls everything here except {@link #status()}; it
 * never blocks, and calls the wake-up that it was made with when something happened elsewhere (an answer came).
 */
public interface Sink extends AutoCloseable {

    String name();

    /**
     * Begins with a batch; the one before it is delivered whole or was {@linkplain #abandon() abandoned}.
     *
     * @param from where to go on; not {@link Progress#START} after a restart in mid-batch
     * @param letters where it leaves records that it cannot deliver
     */
    void begin(OpenBatch batch, Progress from, DeadLetterBox letters);

    /**
     * Does what can be done without waiting.
     *
     * @param nowNanos of the monotonic clock
     * @return whether anything was done
     */
    boolean work(long nowNanos);

    /**
     * How far the batch is; everything before it has been answered, or is among the dead letters. Only grows within a
     * batch.
     */
    Progress progress();

    /**
     * How often a part of this batch has been split. What a split made is not sent before {@link #journaled} says that
     * a crash would come back to it. Never, unless a sink says otherwise.
     */
    default int splits() {
        return 0;
    }

    /**
     * A progress is in the journal, and synced. Nothing to a sink that splits nothing.
     *
     * @param splits how many splits it knew
     */
    default void journaled(int splits) {}

    /** Refused records in a row at which it gives up no more; 0: whatever is refused is given up. */
    default int refusedInARowMax() {
        return 0;
    }

    /** Whether the batch is delivered whole. */
    boolean delivered();

    /** When {@link #work} has to be called at the latest, on the monotonic clock; {@link Long#MAX_VALUE}: no need. */
    long wakeAtNanos();

    /**
     * Tells the log what it was not told yet, if it is time to; also called between two batches. Nothing, unless a sink
     * says otherwise.
     */
    default void report(long nowNanos) {}

    /** When {@link #report} has something to tell, on the monotonic clock; {@link Long#MAX_VALUE}: nothing so far. */
    default long reportAtNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * Lets go of the batch, delivered or not: when this returns, nothing of it is referenced any more, even by requests
     * still under way.
     */
    void abandon();

    /** Safe from any thread. */
    SinkStatus status();

    @Override
    void close();
}
