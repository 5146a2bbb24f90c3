package io.decant.ingest.sink.console;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.console.RecordPreview;
import java.time.Instant;

/**
 * What is printed of a batch, piece by piece, without anything that could command a terminal. The memory it takes is
 * bounded by a record, however large the batch is. Owned by one thread.
 */
abstract sealed class ConsoleText implements AutoCloseable
        permits RecordLines, EnvelopeLines, BucketTable, CountLinesText {

    /** A piece has about as many characters: with one more line of ordinary length it is still one write. */
    static final int PIECE_CHARS = 7 << 10;

    /** What stands for a record without a value. */
    private static final String TOMBSTONE = "(tombstone)";

    private final OpenBatch batch;
    private final long limit;

    /** @param limit records of each bucket that are printed */
    ConsoleText(OpenBatch batch, long limit) {
        this.batch = batch;
        this.limit = limit;
    }

    /** @throws IllegalArgumentException for a format that this version cannot print */
    static ConsoleText of(SinkShape shape, OpenBatch batch) {
        return switch (shape.format()) {
            case SinkShape.LINES -> new RecordLines(batch, shape.maxRecords());
            case SinkShape.ENVELOPE -> new EnvelopeLines(batch, shape.maxRecords());
            case SinkShape.COUNTS -> new CountLinesText(batch, shape.maxRecords());
            case SinkShape.TABLE -> new BucketTable(batch, shape.maxRecords());
            default ->
                throw new IllegalArgumentException("sink " + shape.name() + " cannot print format " + shape.format()
                        + ", which this version does not know");
        };
    }

    /**
     * Does some of what has to be done before the first piece.
     *
     * @return whether that is all
     */
    boolean prepare() {
        return true;
    }

    /**
     * Appends the next piece, which may end within a line.
     *
     * @return false: there is no more, and nothing was appended
     */
    abstract boolean next(StringBuilder to);

    final OpenBatch batch() {
        return batch;
    }

    final Buckets buckets() {
        return batch.buckets();
    }

    /** How many records of a bucket are printed. */
    final long shown(int bucket) {
        return Math.min(limit, buckets().records(bucket));
    }

    /** The end of the batch's window. */
    final Instant time() {
        return Instant.ofEpochMilli(batch.cut().windowEndMillis());
    }

    /** A record's first bytes as text; of a record in a frame, those of its value. */
    final String preview(int bucket, long ordinal, int bytesMax) {
        long frame = buckets().frame(bucket, ordinal);
        if (frame != 0 && Frame.isTombstone(frame)) {
            return TOMBSTONE;
        }
        int length = buckets().length(bucket, ordinal);
        return RecordPreview.of(buckets().address(bucket, ordinal), length, bytesMax);
    }

    /** Frees what it holds. Again: nothing. */
    @Override
    public void close() {}
}
