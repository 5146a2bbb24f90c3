package io.decant.bucketer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The buckets of a batch in memory, as a {@link BucketAssigner} made them.
 *
 * <p>Refers to the records in the memory of the batch's chunks, which must stay until this is closed: so long is an
 * address good. Holds 8 bytes a record and 8 a bucket off the heap, and 4 a record more with arrivals. Any number of
 * threads may read at once; {@link #close()} must come after the last of them.
 */
public final class Assignment implements ArrivalBuckets {

    private static final int NEWLINE_BYTES = 1;

    private final LongArray refs;
    private final LongArray starts;
    private final LongArray keyless;
    private final IntArray arrivals;
    private final boolean frames;
    private final long records;
    private final int buckets;
    private final Supplier<KeyHasher> hashers;
    private final boolean keysBesideValues;
    private final boolean severalKeys;
    /** Of several keys. */
    private final List<HotKey> hottest;

    private final long sequentialNanos;

    private boolean closed;

    /**
     * Takes over the arrays.
     *
     * @param refs a {@link RecordRef} a record, by bucket, then arrival
     * @param starts where in {@code refs} each bucket begins, and, as element {@code buckets}, where the last ends
     * @param keyless a {@link RecordRef} a record that is in no bucket, in order of arrival
     * @param arrivals for each of {@code refs} its ordinal in the batch; empty where that is not kept
     * @param frames whether any record lies in a frame
     * @param keysBesideValues whether a value does not show its key
     * @param severalKeys whether a record can have more than one
     * @param hottest of several keys, by name; empty where there is one
     * @param sequentialNanos what one thread did alone
     */
    Assignment(
            LongArray refs,
            LongArray starts,
            int buckets,
            LongArray keyless,
            IntArray arrivals,
            boolean frames,
            Supplier<KeyHasher> hashers,
            boolean keysBesideValues,
            boolean severalKeys,
            List<HotKey> hottest,
            long sequentialNanos) {
        this.hottest = hottest;
        this.sequentialNanos = sequentialNanos;
        this.refs = refs;
        this.starts = starts;
        this.buckets = buckets;
        this.keyless = keyless;
        this.arrivals = arrivals;
        this.frames = frames;
        this.records = starts.get(buckets);
        this.hashers = hashers;
        this.keysBesideValues = keysBesideValues;
        this.severalKeys = severalKeys;
    }

    @Override
    public long records() {
        requireOpen();
        return records;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public int buckets() {
        requireOpen();
        return buckets;
    }

    @Override
    public long records(int bucket) {
        requireBucket(bucket);
        return starts.get(bucket + 1L) - starts.get(bucket);
    }

    /** Bytes of a bucket's records without newlines. Walks the bucket. */
    public long bytes(int bucket) {
        long count = records(bucket);
        return linesLength(bucket, 0, count) - count * NEWLINE_BYTES;
    }

    @Override
    public long address(int bucket, long ordinal) {
        return RecordRef.valueAddress(ref(bucket, ordinal));
    }

    @Override
    public int length(int bucket, long ordinal) {
        return RecordRef.length(ref(bucket, ordinal));
    }

    @Override
    public boolean isJson(int bucket, long ordinal) {
        return RecordRef.isJson(ref(bucket, ordinal));
    }

    @Override
    public boolean isLine(int bucket, long ordinal) {
        return RecordRef.isLine(ref(bucket, ordinal));
    }

    @Override
    public long frame(int bucket, long ordinal) {
        return frame(ref(bucket, ordinal));
    }

    @Override
    public boolean hasFrames() {
        requireOpen();
        return frames;
    }

    /** @throws IllegalStateException if arrivals were not asked for */
    @Override
    public long arrival(int bucket, long ordinal) {
        long at = start(bucket) + Objects.checkIndex(ordinal, records(bucket));
        if (arrivals.length() == 0) {
            throw new IllegalStateException("this assignment was made without arrivals");
        }
        return arrivals.get(at);
    }

    @Override
    public int index(int bucket, long ordinal) {
        requireBucket(bucket);
        return ONLY;
    }

    /**
     * Nanoseconds that the one pass of the assignment took which is done by one thread however many there are: with
     * several keys, going through the records whose keys come again. 0 with one key.
     */
    public long sequentialNanos() {
        return sequentialNanos;
    }

    @Override
    public boolean hasTransforms() {
        return false;
    }

    @Override
    public long keylessArrival(long ordinal) {
        throw new IllegalStateException("records that are not transformed lie where they arrived");
    }

    @Override
    public long keyless() {
        requireOpen();
        return keyless.length();
    }

    @Override
    public long keylessAddress(long ordinal) {
        return RecordRef.valueAddress(keylessRef(ordinal));
    }

    @Override
    public int keylessLength(long ordinal) {
        return RecordRef.length(keylessRef(ordinal));
    }

    @Override
    public long keylessFrame(long ordinal) {
        return frame(keylessRef(ordinal));
    }

    @Override
    public long partEnd(int bucket, long first, long maxRecords, long maxBytes) {
        long start = start(bucket);
        return Buckets.partEnd(
                first, records(bucket), maxRecords, maxBytes, ordinal -> LineCopy.length(refs.get(start + ordinal)));
    }

    @Override
    public long linesLength(int bucket, long first, long end) {
        long start = start(bucket);
        Objects.checkFromToIndex(first, end, records(bucket));
        long bytes = 0;
        for (long at = start + first; at < start + end; at++) {
            bytes += LineCopy.length(refs.get(at));
        }
        return bytes;
    }

    @Override
    public long copyLines(int bucket, long first, long end, long destination) {
        long start = start(bucket);
        Objects.checkFromToIndex(first, end, records(bucket));
        if (frames) {
            throw new IllegalStateException("these records are not all lines");
        }
        return LineCopy.copy(refs, start + first, start + end, destination);
    }

    @Override
    public Optional<HotKey> hottest() {
        requireOpen();
        if (!hottest.isEmpty()) {
            return HotKey.mostFrequent(hottest, HotKey::count);
        }
        return buckets == 0 ? Optional.empty() : Optional.of(HotKeys.example(this, buckets - 1, 0, keysBesideValues));
    }

    @Override
    public List<HotKey> hottestByName() {
        requireOpen();
        return hottest;
    }

    /**
     * The {@code limit} most frequent keys, most frequent first; of equally frequent ones first the one whose last
     * record came first. With several keys, the most frequent of each, in the order of the settings. Hashes up to
     * {@code limit} records for every distinct frequency among them: for a report, not a loop.
     *
     * @param limit at least 0
     */
    public List<HotKey> topKeys(int limit) {
        requireOpen();
        if (severalKeys) {
            return hottest.stream().limit(limit).toList();
        }
        return HotKeys.top(this, limit, hashers.get());
    }

    @Override
    public void close() {
        closed = true;
        refs.close();
        starts.close();
        keyless.close();
        arrivals.close();
    }

    private static long frame(long ref) {
        return RecordRef.isFrame(ref) ? RecordRef.address(ref) : 0;
    }

    private long keylessRef(long ordinal) {
        return keyless.get(Objects.checkIndex(ordinal, keyless()));
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
}
