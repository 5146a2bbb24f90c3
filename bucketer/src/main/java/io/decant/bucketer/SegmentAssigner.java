package io.decant.bucketer;

import java.util.List;

/**
 * Splits one segment of a batch that lies in several, each of which may be on another machine. The result is exactly
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
    /** Those of the segment or, where it has transforms, places for what they become. */
    private final int records;

    private final boolean frames;
    private final LongArray refs;
    private final LongArray hashes;
    private final List<Transform> transforms;
    /** Null where records stay as they are. */
    private OutputPlaces places;
    /** Null where a record has one key. */
    private KeyChains chains;
    /** Whether the arrays belong to buckets by now. */
    private boolean handedOver;

    private SegmentAssigner(Chunks chunks, Keying keying) {
        this.frames = chunks.hasFrames();
        this.transforms = keying.transforms();
        if (chunks.hasTransforms()) {
            places = places(chunks, keying);
            ranges = places.ranges();
            records = places.places();
            refs = places.refs();
            hashes = places.hashes();
        } else {
            ranges = Ranges.of(chunks, 1);
            records = (int) chunks.records();
            refs = LongArray.empty();
            hashes = LongArray.empty();
        }
    }

    private static OutputPlaces places(Chunks chunks, Keying keying) {
        Ranges whole = Ranges.of(chunks, 1);
        long[] outputs = {chunks.records()};
        if (keying.transforms().stream().anyMatch(Transform::canSplit)) {
            try (OutputCounter counter =
                    new OutputCounter(chunks, whole, keying.transforms(), false, outputs, () -> false)) {
                counter.run(0);
            }
        }
        OutputMemory memory = new OutputMemory(OutputBounds.DEFAULT.builtBytes());
        return new OutputPlaces(whole, outputs, memory, keying.transforms());
    }

    /**
     * Finds and hashes the records of a segment.
     *
     * @param chunks read only during this call; the memory they describe must stay
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     */
    public static SegmentAssigner scan(Chunks chunks, Keying keying) {
        SegmentAssigner segment = new SegmentAssigner(chunks, keying);
        try {
            if (segment.places == null) {
                segment.scan(chunks, keying.newHasher(), keying.leavesKeylessOut());
            } else {
                segment.scanOutputs(chunks, keying);
            }
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
        begin(hasher.slots());
        try (RecordScanner scanner = keylessOut
                ? new KeyedScanner(chunks, ranges, refs, hashes, one, hasher, () -> false)
                : new RecordScanner(chunks, ranges, refs, hashes, one, hasher, () -> false)) {
            scanner.into(chains).run(0);
        }
    }

    private void begin(int slots) {
        if (slots > 1) {
            chains = new KeyChains(
                    slots, records, ranges, hashes, LongArray.empty(), Integer.MAX_VALUE, 1, Runnable::run);
        }
    }

    private void scanOutputs(Chunks chunks, Keying keying) {
        HashPartitions one = new HashPartitions(records, Integer.MAX_VALUE, 1);
        KeyHasher hasher = keying.newHasher();
        begin(hasher.slots());
        try (TransformingScanner scanner = new TransformingScanner(
                chunks, places, one, transforms, hasher, keying.leavesKeylessOut(), () -> false)) {
            scanner.into(chains).run(0);
        }
    }

    /** Records that belong to buckets. */
    public long keyed() {
        return ranges.keyedEnd()[0];
    }

    /** Records that belong to none. */
    public long keyless() {
        return places == null ? records - keyed() : places.keyless();
    }

    /** Records of the segment that could not be transformed. */
    public long failed() {
        return places == null ? 0 : places.tally().failed(0).count();
    }

    /** What the steps of each of {@link Keying#transforms} did. */
    public List<StepCounts> counts() {
        return places == null ? List.of() : places.tally().counts();
    }

    /**
     * How many of the records that belong to buckets cannot be lines: frames without a value, or with a newline in it.
     * Walks the frames, and nothing where there are none.
     */
    public long unfitForLines() {
        long unfit = 0;
        try (OutputReader reader = new OutputReader(transforms)) {
            for (long record = 0; frames && record < keyed(); record++) {
                reader.turnTo(refs.get(record), places == null ? OutputTag.NONE : places.tag(record));
                if (reader.frame() != 0 && !isLine(reader.frame())) {
                    unfit++;
                }
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
            if (chains != null) {
                chains.count(counts);
                return counts;
            }
            for (long record = 0; record < keyed(); record++) {
                counts.increment(hashes.get(record));
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
            hashes.set(record, SegmentBuckets.place(before.increment(hashes.get(record)), record));
        }
        return placed();
    }

    /**
     * With several keys: the records whose buckets depend on others.
     *
     * @param repeated at least those hashes of the segment that come more than once in the batch, and none that
     *     comes once
     */
    public ContendedRecords contended(HashCounts repeated) {
        return chains.contended(repeated);
    }

    /**
     * With several keys: splits the segment's records. Once.
     *
     * @param contended records as {@link #contended} gave them
     * @param buckets of these; all others are in bucket 0
     * @return to be closed by the caller
     */
    public SegmentBuckets assign(int[] contended, int[] buckets) {
        for (long record = 0; record < keyed(); record++) {
            hashes.set(record, SegmentBuckets.place(0, record));
        }
        for (int i = 0; i < contended.length; i++) {
            hashes.set(contended[i], SegmentBuckets.place(buckets[i], contended[i]));
        }
        return placed();
    }

    private SegmentBuckets placed() {
        if (places != null) {
            return assignOutputs();
        }
        IntArray keyless = keylessArrivals();
        try (BucketSort sort = new BucketSort(hashes, keyed())) {
            return new SegmentBuckets(refs.detach(), sort.sorted(), keyed(), keyless);
        } catch (Throwable e) {
            keyless.close();
            throw e;
        }
    }

    private SegmentBuckets assignOutputs() {
        // The sort takes the memory of the hashes over.
        try (BucketSort sort = new BucketSort(hashes, keyed())) {
            SegmentBuckets buckets = new SegmentBuckets(places, transforms, sort.sorted(), keyed(), places.keyless());
            places = null;
            handedOver = true;
            return buckets;
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
        if (chains != null) {
            chains.close();
        }
        if (places != null) {
            places.close();
            places.memory().close();
        }
        if (!handedOver) {
            refs.close();
            hashes.close();
        }
    }
}
