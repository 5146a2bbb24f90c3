package io.decant.ingest.sink.body;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;

/**
 * Makes bodies of the parts of one batch, in one format. A part is a run of a bucket's records, by their ordinals; its
 * body carries those of them that the format can carry, unchanged and in order.
 *
 * <p>What a part and its body are depends on the batch, the format and the numbers that are handed in, never on what
 * was asked before: after any crash they are the same again.
 *
 * <p>Owned by one thread. Not to be used once the batch is closed. A bucket or an ordinal that does not exist is an
 * {@link IndexOutOfBoundsException}.
 */
public abstract sealed class PartBody permits LinesBody, EncodedBody {

    /** The media type of objects a line. */
    static final String JSON_LINES_TYPE = "application/x-ndjson";

    /** As many that lie far apart bring 32 MiB into memory: each what the kernel maps around it. */
    private static final int RECORDS_AT_ONCE = 512;

    private final OpenBatch batch;

    PartBody(OpenBatch batch) {
        this.batch = batch;
    }

    /**
     * The bodies of a batch.
     *
     * @param format as it stands in the cut
     * @param batch of format {@code counts} the lines of a {@link CountedBatch}
     * @throws IllegalArgumentException for a format that this version does not know
     */
    public static PartBody of(String format, OpenBatch batch) {
        return switch (format) {
            case SinkShape.LINES ->
                batch.buckets().hasFrames() ? new FramedLinesBody(batch) : new LinesBody(batch, LinesBody.CONTENT_TYPE);
            case SinkShape.COUNTS -> new LinesBody(batch, JSON_LINES_TYPE);
            case SinkShape.COUNT_LINES ->
                batch.buckets().hasFrames() ? new FramedLinesBody(batch) : new LinesBody(batch, JSON_LINES_TYPE);
            case SinkShape.JSON -> new JsonBody(batch);
            case SinkShape.ENVELOPE -> new EnvelopeBody(batch);
            case SinkShape.ROWS -> new RowsBody(batch, false);
            case SinkShape.ROWS_AND_TOMBSTONES -> new RowsBody(batch, true);
            default ->
                throw new IllegalArgumentException("batch " + batch.cut().batch() + " is for format " + format
                        + ", which this version does not know");
        };
    }

    /** The media type of such a body. */
    public abstract String contentType();

    /**
     * The part that begins at {@code first}: as long as the limits allow, and at least one record. A record whose body
     * alone is larger than {@code maxBytes} is carried with no other. Walks the part.
     *
     * @param first an ordinal of the bucket
     * @param limit the ordinal that the part must not go beyond, more than {@code first}
     * @param maxRecords at least 1; counts the part's records, carried or not
     * @param maxBytes most bytes of the body
     */
    public abstract Extent extent(int bucket, long first, long limit, long maxRecords, long maxBytes);

    /** The part from {@code first} to {@code end} (exclusive), which is given. Walks the part. */
    public abstract Extent extent(int bucket, long first, long end);

    /**
     * Writes the body of the part that begins at {@code first}. What the extent says is relied on.
     *
     * @param extent of the part, as {@link #extent} told it
     * @param address of as many bytes as the extent says
     * @return the bytes written: as many
     */
    public long write(int bucket, long first, Extent extent, long address) {
        boolean all = extent.carried() == extent.end() - first;
        long put = address;
        for (long from = first; from < extent.end(); from += RECORDS_AT_ONCE) {
            long to = Math.min(from + RECORDS_AT_ONCE, extent.end());
            put += writeRecords(bucket, from, to, all, put);
            batch.wasRead(bucket, from, to);
        }
        return put - address;
    }

    /**
     * Writes those of a run of records that are carried.
     *
     * @param all whether it is known that all are
     * @return the bytes written
     */
    abstract long writeRecords(int bucket, long first, long end, boolean all, long address);

    /** How many of the bucket's records before {@code first} are carried. Walks them, unless everything is carried. */
    public abstract long carriedBefore(int bucket, long first);

    /** Why the format cannot carry a record; null where it can. */
    public abstract Unencodable uncarried(int bucket, long ordinal);

    /**
     * How far a part reaches, and what its body carries.
     *
     * @param end ordinal after the part's last record
     * @param carried records in the body; the others of the part are {@link PartBody#uncarried}
     * @param bodyBytes length of the body; 0 where it carries nothing
     */
    public record Extent(long end, long carried, long bodyBytes) {}

    /** Why a format cannot carry a record as it is. */
    public enum Unencodable {
        /** The record is not exactly one JSON text, or where objects are wanted no object. */
        NOT_JSON,
        /** There is a newline in the record. */
        NEWLINE_IN_RECORD,
        /** The record has no value. */
        TOMBSTONE
    }
}
