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
     * The journal had cut batches up to this one when it was opened. An earlier process may have delivered any of them,
     * whatever its marks say: marks follow. Before the first batch. Nothing, unless a sink says otherwise.
     *
     * @param batch number of the last one
     */
    default void batchesCut(long batch) {}

    /**
     * No restart comes back to batches up to this one: what is kept to tell them again can go. Nothing, unless a sink
     * says otherwise.
     *
     * @param batch number of a batch; only grows
     */
    default void batchesDurable(long batch) {}

    /**
     * Whether a replay must also bring the batch that the sink is in the middle of: what was replayed goes over what it
     * has of that one. The sink then leaves out itself what comes of it a second time.
     */
    default boolean replaysPartialBatch() {
        return false;
    }

    /**
     * The batches from this one on are going to come once more, and are to be delivered once more. Before the first of
     * them. Nothing, unless a sink says otherwise.
     */
    default void replayFrom(long batch) {}

    /**
     * Begins with a batch; the one before it is delivered whole or was {@linkplain #abandon() abandoned}.
     *
     * @param from where to continue; not {@link Progress#START} after a restart in mid-batch
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
     * Whether it holds requests back until its {@link #progress()} is durable: it has split a part of this batch, and
     * must not send a piece before a crash would come back to that very piece. The lane then marks the progress at
     * once. Never, unless a sink says otherwise.
     */
    default boolean awaitsDurableProgress() {
        return false;
    }

    /**
     * A crash would come back to this place, or behind it: what was held back for it may be sent. Nothing to a sink
     * that holds nothing back.
     *
     * @param durable what {@link #progress()} was in this batch, now or before
     */
    default void progressDurable(Progress durable) {}

    /** Refused records in a row after which no more become dead letters; 0: no limit. */
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

    /**
     * Parts that it has cut batches into since its start, pieces of parts included; safe from any thread. 0 of a sink
     * that has no parts.
     */
    default long parts() {
        return 0;
    }

    /** Safe from any thread. */
    SinkStatus status();

    @Override
    void close();
}
