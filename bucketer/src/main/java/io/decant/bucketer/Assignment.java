package io.decant.bucketer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The buckets of a batch. Within a bucket records stand in order of arrival and are counted by ordinals from 0.
 *
 * <p>Refers to the records in the memory of the batch's chunks, which must stay until this is closed. Holds 8 bytes a
 * record and 8 a bucket off the heap. Any number of threads may read at once; {@link #close()} must come after the last
 * of them.
 *
 * <p>Every method but {@link #close()} throws {@link IllegalStateException} once closed, and
 * {@link IndexOutOfBoundsException} for a bucket or ordinal that does not exist.
 */
public final class Assignment implements AutoCloseable {

    private static final int NEWLINE_BYTES = 1;

    private final LongArray refs;
    private final LongArray starts;
    private final long records;
    private final int buckets;
    private final Supplier<KeyHasher> hashers;
    private boolean closed;

    /**
     * Takes over both arrays.
     *
     * @param refs a {@link RecordRef} a record, by bucket, then arrival
     * @param starts where in {@code refs} each bucket begins, and, as element {@code buckets}, where the last ends
     */
    Assignment(LongArray refs, LongArray starts, int buckets, Supplier<KeyHasher> hashers) {
        this.refs = refs;
        this.starts = starts;
        this.buckets = buckets;
        this.records = starts.get(buckets);
        this.hashers = hashers;
    }

    /** Records of the batch. */
    public long records() {
        requireOpen();
        return records;
    }

    /** How many buckets: the multiplicity of the most frequent key; 0 for an empty batch. */
    public int buckets() {
        requireOpen();
        return buckets;
    }

    /** Records of a bucket: at least 1, and no more than the bucket before it has. */
    public long records(int bucket) {
        requireBucket(bucket);
        return starts.get(bucket + 1L) - starts.get(bucket);
    }

    /** Bytes of a bucket's records without newlines. Walks the bucket. */
    public long bytes(int bucket) {
        long count = records(bucket);
        return linesLength(bucket, 0, count) - count * NEWLINE_BYTES;
    }

    /** Where a record begins. */
    public long address(int bucket, long ordinal) {
        return RecordRef.address(ref(bucket, ordinal));
    }

    /** Bytes of a record, without its newline. */
    public int length(int bucket, long ordinal) {
        return RecordRef.length(ref(bucket, ordinal));
    }

    /**
     * Where the part that begins at {@code first} ends (exclusive), if it is to hold at most {@code maxRecords} records
     * and {@code maxBytes} bytes as lines. It holds at least one record, even one that alone is larger. Walks the part.
     *
     * @param first an ordinal of the bucket
     * @param maxRecords at least 1
     * @param maxBytes newlines count
     */
    public long partEnd(int bucket, long first, long maxRecords, long maxBytes) {
        long start = start(bucket);
        long count = records(bucket);
        Objects.checkIndex(first, count);
        if (maxRecords < 1) {
            throw new IllegalArgumentException("maxRecords: " + maxRecords + ", must be at least 1");
        }
        long limit = first + Math.min(maxRecords, count - first);
        long end = first;
        long bytes = 0;
        do {
            bytes += lineLength(refs.get(start + end));
            end++;
        } while (end < limit && bytes + lineLength(refs.get(start + end)) <= maxBytes);
        return end;
    }

    /** How many bytes {@link #copyLines} writes. Walks the records. */
    public long linesLength(int bucket, long first, long end) {
        long start = start(bucket);
        Objects.checkFromToIndex(first, end, records(bucket));
        long bytes = 0;
        for (long at = start + first; at < start + end; at++) {
            bytes += lineLength(refs.get(at));
        }
        return bytes;
    }

    /**
     * Copies records {@code first} to {@code end} (exclusive), each followed by a newline, to {@code destination}.
     * Neighbours in memory are copied at once.
     *
     * @return the bytes written
     */
    public long copyLines(int bucket, long first, long end, long destination) {
        long start = start(bucket);
        Objects.checkFromToIndex(first, end, records(bucket));
        long to = destination;
        long runAddress = 0;
        long runEnd = 0;
        for (long at = start + first; at < start + end; at++) {
            long ref = refs.get(at);
            long address = RecordRef.address(ref);
            if (address != runEnd) {
                to = copy(runAddress, runEnd, to);
                runAddress = address;
            }
            runEnd = address + lineLength(ref);
        }
        return copy(runAddress, runEnd, to) - destination;
    }

    private static long copy(long from, long end, long to) {
        Memory.copy(from, to, end - from);
        return to + (end - from);
    }

    /**
     * The most frequent key (of several, the one whose last record came first); empty for an empty batch. Costs nothing.
     */
    public Optional<HotKey> hottest() {
        requireOpen();
        return buckets == 0 ? Optional.empty() : Optional.of(HotKeys.example(this, buckets - 1, 0));
    }

    /**
     * The {@code limit} most frequent keys, most frequent first; of equally frequent ones first the one whose last record
     * came first. Hashes up to {@code limit} records for every distinct frequency among them: for a report, not a loop.
     *
     * @param limit at least 0
     */
    public List<HotKey> topKeys(int limit) {
        requireOpen();
        return HotKeys.top(this, limit, hashers.get());
    }

    /** Frees what this holds. Again: nothing. */
    @Override
    public void close() {
        closed = true;
        refs.close();
        starts.close();
    }

    private long ref(int bucket, long ordinal) {
        return refs.get(start(bucket) + Objects.checkIndex(ordinal, records(bucket)));
    }

    private long start(int bucket) {
        requireBucket(bucket);
        return starts.get(bucket);
    }

    private void requireBucket(int bucket) {
        requireOpen();
        Objects.checkIndex(bucket, buckets);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this assignment is closed");
        }
    }

    private static long lineLength(long ref) {
        return RecordRef.length(ref) + (long) NEWLINE_BYTES;
    }
}
