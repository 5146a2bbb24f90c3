package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;

/** What every sink looks at before it begins with a batch. */
public final class NextBatch {

    private static final int EXTRA_CHARS_MAX = 100;

    private NextBatch() {}

    /** The same for a sink whose type adds nothing to a shape. */
    public static SinkShape shape(String sink, OpenBatch current, OpenBatch next) {
        return shape(sink, current, next, false);
    }

    /**
     * How the batch's cut says that it goes to the sink.
     *
     * @param current the batch that the sink is at; null between two
     * @param readsExtra whether the sink knows what its type adds to a shape
     * @throws IllegalStateException while another batch is not delivered
     * @throws IllegalArgumentException if the batch does not go to this sink, or in a way that a newer version added
     */
    public static SinkShape shape(String sink, OpenBatch current, OpenBatch next, boolean readsExtra) {
        if (current != null) {
            throw new IllegalStateException(
                    "sink " + sink + " is still at batch " + current.cut().batch());
        }
        SinkShape shape = next.cut().shape().sink(sink);
        if (shape == null) {
            throw new IllegalArgumentException("batch " + next.cut().batch() + " does not go to sink " + sink);
        }
        if (!shape.extra().isEmpty() && !readsExtra) {
            throw new IllegalArgumentException("batch " + next.cut().batch() + " was cut by a newer version with '"
                    + OneLine.of(shape.extra(), EXTRA_CHARS_MAX) + "' for sink " + sink
                    + ", which this version does not know; start that version again to deliver it");
        }
        return shape;
    }
}
