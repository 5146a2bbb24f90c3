package io.decant.bucketer;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A scanner for transforms that do nothing but leave records out. What stays is put where {@link KeyedScanner} would
 * put it, as the record that it is; all others lie behind it, from the range's last place downwards, each with its
 * ordinal in the batch in place of a hash: those without a key by their references, those that were dropped or failed
 * by {@link #NOT_THERE}. Owned by one thread.
 */
final class FilteringScanner extends RecordScanner {

    /** In place of a reference. */
    static final long NOT_THERE = 0;

    private final Chunks chunks;
    private final Ranges ranges;
    private final LongArray refs;
    private final LongArray hashes;
    private final KeyHasher hasher;
    private final boolean keylessOut;
    private final TransformTally tally;
    private final RecordOutputs outputs;
    private FailedRecords failed;
    private int kept;
    private int leftOut;

    FilteringScanner(
            Chunks chunks,
            Ranges ranges,
            LongArray refs,
            LongArray hashes,
            HashPartitions partitions,
            List<Transform> transforms,
            TransformTally tally,
            KeyHasher hasher,
            boolean keylessOut,
            BooleanSupplier stopped) {
        super(chunks, ranges, refs, hashes, partitions, hasher, stopped);
        this.chunks = chunks;
        this.ranges = ranges;
        this.refs = refs;
        this.hashes = hashes;
        this.hasher = hasher;
        this.keylessOut = keylessOut;
        this.tally = tally;
        this.outputs = new RecordOutputs(transforms);
    }

    @Override
    public void run(int range) {
        kept = ranges.firstRecord()[range];
        leftOut = ranges.firstRecord()[range + 1];
        failed = tally.failed(range);
        scan(range);
        assert kept == leftOut : range;
        ranges.keyedEnd()[range] = kept;
    }

    @Override
    void begin(int chunk) {
        outputs.turnTo(chunks.transform(chunk));
    }

    @Override
    void take(long record, long start, long end, int range) {
        int length = (int) (end - start);
        long ref = RecordRef.of(start, length);
        if (isLeftOut(outputs.filterLine(start, length), ref, record)) {
            return;
        }
        if (!keylessOut) {
            long hash = hasher.hash(start, length);
            put(kept++, RecordRef.withJson(ref, hasher.hasReadJson()), hash, range);
        } else if (hasher.find(start, length)) {
            put(kept++, RecordRef.withJson(ref, hasher.hasReadJson()), hasher.hashFound(), range);
        } else {
            leaveOut(ref, record);
        }
    }

    @Override
    void takeFrame(long record, long frame, int range) {
        long ref = RecordRef.ofFrame(frame);
        if (isLeftOut(outputs.filterFrame(frame), ref, record)) {
            return;
        }
        if (!keylessOut) {
            long hash = hasher.hashFrame(frame);
            put(kept++, hasher.refOfFrame(frame), hash, range);
        } else if (hasher.findInFrame(frame)) {
            put(kept++, hasher.refOfFrame(frame), hasher.hashFound(), range);
        } else {
            leaveOut(ref, record);
        }
    }

    private boolean isLeftOut(int count, long ref, long record) {
        if (count == 1) {
            return false;
        }
        if (count == Transformer.FAILED) {
            failed.add(ref, (int) record, outputs.failure());
        }
        leaveOut(NOT_THERE, record);
        return true;
    }

    private void leaveOut(long ref, long record) {
        leftOut--;
        refs.set(leftOut, ref);
        hashes.set(leftOut, record);
    }

    @Override
    public void close() {
        tally.addCounts(outputs);
        outputs.close();
    }
}
