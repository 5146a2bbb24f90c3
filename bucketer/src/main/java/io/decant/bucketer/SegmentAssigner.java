package io.decant.bucketer;

/**
 * Parts one segment of a batch that lies in several, each of which may be on another machine. The result is exactly
 * what {@link BucketAssigner} makes of the whole batch, cut into segments: the bucket of a record is how often its key
 * came in the segments before, which {@link #assign} is told, and how often it came before in its own.
 *
 * <pre>
 *  every segment:   count()           how often does each hash come in it
 *  every hash:      prefix sums       how often did it come in the segments before
 *  every segment:   assign(sums)
 * </pre>
 *
 * <p>So records are never brought together; only hashes are. Costs 24 bytes a record off the heap beside the table of
 * hashes. Owned by one thread; a segment is small, and there are others for other threads.
 */
public final class SegmentAssigner implements AutoCloseable {

    private final Ranges ranges;
    private final int records;
    private final boolean frames;
    private final LongArray refs = LongArray.empty();
    private final LongArray hashes = LongArray.empty();

    private SegmentAssigner(Chunks chunks) {
        this.ranges = Ranges.of(chunks, 1);
        this.records = (int) chunks.records();
        this.frames = chunks.hasFrames();
    }

    /**
     * Finds and hashes the records of a segment.
     *
     * @param chunks read only during this call; the memory they describe must stay
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     */
    public static SegmentAssigner scan(Chunks chunks, Keying keying) {
        SegmentAssigner segment = new SegmentAssigner(chunks);
        try {
            segment.scan(chunks, keying.newHasher(), keying.leavesKeylessOut());
            return segment;
        } catch (Throwable e) {
            segment.close();
            throw e;
        }
    }

    private void scan(Chunks chunks, KeyHasher hasher, boolean keylessOut) {
        refs.growTo(records);
        hashes.growTo(records);
        HashPartitions one = new HashPartitions(records, Integer.MAX_VALUE, 1);
        try (RecordScanner scanner = keylessOut
                ? new KeyedScanner(chunks, ranges, refs, hashes, one, hasher, () -> false)
                : new RecordScanner(chunks, ranges, refs, hashes, one, hasher, () -> false)) {
            scanner.run(0);
        }
    }

    /** Records that belong to buckets. */
    public long keyed() {
        return ranges.keyedEnd()[0];
    }

    /** Records that belong to none. */
    public long keyless() {
        return records - keyed();
    }

    /**
     * How many of the records that belong to buckets cannot be lines: frames without a value, or with a newline in it.
     * Walks the frames, and nothing where there are none.
     */
    public long unfitForLines() {
        long unfit = 0;
        for (long record = 0; frames && record < keyed(); record++) {
            long ref = refs.get(record);
            if (RecordRef.isFrame(ref) && !isLine(RecordRef.address(ref))) {
                unfit++;
            }
        }
        return unfit;
    }

    private static boolean isLine(long frame) {
        long value = Frame.valueAddress(frame);
        return !Frame.isTombstone(frame) && Lines.nextNewline(value, value + Frame.valueLength(frame)) == Lines.NONE;
    }

    /** Counts the hashes of the segment's records; to be closed by the caller. */
    public HashCounts count() {
        HashCounts counts = new HashCounts(keyed());
        try {
            for (long record = 0; record < keyed(); record++) {
                counts.table().increment(hashes.get(record));
            }
            return counts;
        } catch (Throwable e) {
            counts.close();
            throw e;
        }
    }

    /**
     * Splits the segment's records. Once.
     *
     * @param before how often each hash came in the segments before; hashes that did not come need not be there. Counts
     *     on, and holds the segment's own occurrences as well afterwards
     * @return to be closed by the caller
     */
    public SegmentBuckets assign(HashCounts before) {
        for (long record = 0; record < keyed(); record++) {
            hashes.set(record, SegmentBuckets.place(before.table().increment(hashes.get(record)), record));
        }
        IntArray keyless = keylessArrivals();
        try (BucketSort sort = new BucketSort(hashes, keyed())) {
            return new SegmentBuckets(refs.detach(), sort.sorted(), keyed(), keyless);
        } catch (Throwable e) {
            keyless.close();
            throw e;
        }
    }

    /** Which records of the segment have no key, in order of arrival; behind the others, the last one first. */
    private IntArray keylessArrivals() {
        IntArray arrivals = IntArray.empty();
        arrivals.allocate(keyless());
        for (long i = 0; i < keyless(); i++) {
            arrivals.set(i, (int) hashes.get(records - 1 - i));
        }
        return arrivals;
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        refs.close();
        hashes.close();
    }
}
