package io.decant.bucketer;

import java.util.function.BooleanSupplier;

/**
 * A scanner that leaves out records without a key.
 *
 * <p>The records that have one are put from the range's first place on, close together; the others from its last place
 * downwards, each as its reference and, in place of a hash, its ordinal in the batch. So both have room, whatever
 * comes.
 */
final class KeyedScanner extends RecordScanner {

    private final Ranges ranges;
    private final LongArray refs;
    private final LongArray hashes;
    private final KeyHasher hasher;
    private int keyed;
    private int keyless;

    KeyedScanner(
            Chunks chunks,
            Ranges ranges,
            LongArray refs,
            LongArray hashes,
            HashPartitions partitions,
            KeyHasher hasher,
            BooleanSupplier stopped) {
        super(chunks, ranges, refs, hashes, partitions, hasher, stopped);
        this.ranges = ranges;
        this.refs = refs;
        this.hashes = hashes;
        this.hasher = hasher;
    }

    @Override
    public void run(int range) {
        keyed = ranges.firstRecord()[range];
        keyless = ranges.firstRecord()[range + 1];
        scan(range);
        assert keyed == keyless : range;
        ranges.keyedEnd()[range] = keyed;
    }

    @Override
    void take(long record, long start, long end, int range) {
        if (hasher.find(start, (int) (end - start))) {
            long ref = RecordRef.withJson(RecordRef.of(start, end - start), hasher.hasReadJson());
            put(keyed++, ref, hasher.hashFound(), range);
        } else {
            putKeyless(record, RecordRef.of(start, end - start));
        }
    }

    @Override
    void takeFrame(long record, long frame, int range) {
        if (hasher.findInFrame(frame)) {
            put(keyed++, hasher.refOfFrame(frame), hasher.hashFound(), range);
        } else {
            putKeyless(record, RecordRef.ofFrame(frame));
        }
    }

    private void putKeyless(long record, long ref) {
        keyless--;
        refs.set(keyless, ref);
        hashes.set(keyless, record);
    }
}
