package io.decant.ingest.batch;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Remainder;
import io.decant.ingest.journal.Cut;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/**
 * A batch that is being delivered: its cut, the journal id, and its records split into buckets. They lie in the mapped
 * journal or, of a batch that was offloaded, in files of which a part is in memory.
 *
 * @param journalId the journal's random id, as it stands in idempotency keys (8 hex digits)
 * @param origins makes a way from a record back to where it came from
 * @param streams says in which stream a record came that becomes a dead letter
 * @param finished by sink, the URI of a directory that holds the batch as that sink would write it
 * @param replay whether its records are dead letters that go out again
 * @param excluded its records that are set aside, in order of arrival
 * @param failed its records that could not be transformed
 * @param blocks where it lies in the journal; null where it lies in none
 * @param release gives back what else the batch holds
 */
public record OpenBatch(
        String journalId,
        Cut cut,
        Buckets buckets,
        Supplier<RecordOrigin> origins,
        FrameStreams streams,
        Map<String, String> finished,
        boolean replay,
        List<ExcludedRecord> excluded,
        FailedTransforms failed,
        BatchBlocks blocks,
        Runnable release)
        implements AutoCloseable {

    /** What the kernel maps around a page that is read, as it comes. */
    private static final long READ_AROUND_BYTES = 64 << 10;

    private static final FrameStreams NO_STREAMS = new FrameStreams() {
        @Override
        public String of(int bucket, long ordinal) {
            return "";
        }

        @Override
        public String ofKeyless(long ordinal) {
            return "";
        }
    };

    /**
     * A batch in memory.
     *
     * @param chunks the batch's blocks, each with the position of its header; closed where no sink asks for origins and
     *     all are lines
     * @param headers the address of a block's header, by that position
     * @param replay whether its records are dead letters that go out again
     */
    public OpenBatch(
            String journalId,
            Cut cut,
            ArrivalBuckets buckets,
            Chunks chunks,
            LongUnaryOperator headers,
            boolean replay) {
        this(
                journalId,
                cut,
                buckets,
                chunks,
                headers,
                replay,
                null,
                List.of(),
                FailedTransforms.NONE,
                null,
                chunks::close);
    }

    /** The same without some of its records; {@code remainder} says what is left of its blocks, null: all. */
    OpenBatch(
            String journalId,
            Cut cut,
            ArrivalBuckets buckets,
            Chunks chunks,
            LongUnaryOperator headers,
            boolean replay,
            Remainder remainder,
            List<ExcludedRecord> excluded,
            FailedTransforms failed,
            BatchBlocks blocks,
            Runnable release) {
        this(
                journalId,
                cut,
                buckets,
                () -> new JournalOrigin(
                        buckets, chunks, headers, remainder == null ? chunk -> 0 : remainder::recordsBefore),
                new JournalStreams(buckets, chunks, headers),
                Map.of(),
                replay,
                excluded,
                failed,
                blocks,
                release);
    }

    /** A batch without records that are set aside, whose records come from unknown streams. */
    public OpenBatch(
            String journalId,
            Cut cut,
            Buckets buckets,
            Supplier<RecordOrigin> origins,
            Map<String, String> finished,
            boolean replay,
            Runnable release) {
        this(
                journalId,
                cut,
                buckets,
                origins,
                NO_STREAMS,
                finished,
                replay,
                List.of(),
                FailedTransforms.NONE,
                null,
                release);
    }

    /**
     * Told of records of a bucket that were read one after the other, so that the pages they lie in can be given back
     * in time, see {@link io.decant.ingest.journal.SegmentStore#wasRead}. Any thread that may read the batch.
     */
    public void wasRead(int bucket, long first, long end) {
        if (blocks != null && end > first) {
            // They stand in order of arrival. In a later bucket they lie far apart, and each brings its neighbours.
            long apart = Math.abs(buckets.address(bucket, end - 1) - buckets.address(bucket, first));
            blocks.journal().wasRead(Math.min(apart, (end - first) * READ_AROUND_BYTES));
        }
    }

    /**
     * The way from a record back to where it came from; for one thread. It leads nowhere (an
     * {@link IllegalStateException}) unless a sink of the batch's shape says where records came from.
     */
    public RecordOrigin newOrigin() {
        return origins.get();
    }

    /** How its records are told apart, which are what transforms have made of them by now. */
    public Keying keying() {
        return BatchLoader.keying(cut, List.of());
    }

    /** Where the batch lies as this sink would write it, ready to be renamed; mostly nowhere. */
    public Optional<String> finished(String sink) {
        return Optional.ofNullable(finished.get(sink));
    }

    @Override
    public void close() {
        buckets.close();
        release.run();
    }

    /**
     * The streams in which a batch's records in frames came, for its dead letters: of a record of Kafka's, {@code
     * <topic>-<partition>}. Costs nothing unless it is asked. For the thread that reads the batch's buckets; not to be
     * used once the batch is closed.
     */
    public interface FrameStreams {

        /** The name of the stream that a record came in; empty where it is a line. */
        String of(int bucket, long ordinal);

        /** The same of a record without a key. */
        String ofKeyless(long ordinal);
    }

    /**
     * A record that is set aside of a batch, or could not be transformed, and is in none of its buckets. It lies in the
     * mapped journal as long as its batch is open.
     *
     * @param reason why, as the journal has it
     * @param address where its line, or the value in its frame, begins
     * @param length bytes of the line without its newline, or of the value; 0 of a tombstone
     * @param frame the {@link io.decant.bucketer.Frame} that it lies in; 0 for a line
     * @param stream the name of the stream that its frame came in; empty for a line
     * @param source whose transforms it failed in; empty: it is set aside
     */
    public record ExcludedRecord(String reason, long address, int length, long frame, String stream, String source) {}
}
