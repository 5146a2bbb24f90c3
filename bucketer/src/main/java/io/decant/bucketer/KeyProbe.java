package io.decant.bucketer;

import java.util.function.BooleanSupplier;

/**
 * Finds and hashes the keys of some records of a batch, as an assignment does, and keeps nothing of it: what a record
 * does to the extraction of keys, it does here, too. The batch's shape does not matter, nor does its size. Owned by one
 * thread.
 */
final class KeyProbe extends RecordScanner {

    private final Chunks chunks;
    private final RecordOutputs outputs;
    private final KeyHasher hasher;
    private final boolean keylessOut;
    private final long from;
    private final long to;

    private KeyProbe(
            Chunks chunks, Ranges range, Keying keying, KeyHasher hasher, long from, long to, BooleanSupplier stopped) {
        super(
                chunks,
                range,
                LongArray.empty(),
                LongArray.empty(),
                new HashPartitions(1, Integer.MAX_VALUE, 1),
                hasher,
                stopped);
        this.chunks = chunks;
        this.outputs = new RecordOutputs(keying.transforms());
        this.hasher = hasher;
        this.keylessOut = keying.leavesKeylessOut();
        this.from = from;
        this.to = to;
    }

    /** Looks at the records from {@code from} to {@code to} (exclusive), of which there must be one. */
    static void run(Chunks chunks, Keying keying, long from, long to, BooleanSupplier stopped) {
        int first = chunks.chunkOf(from);
        int end = chunks.chunkOf(to - 1) + 1;
        int[] chunkRange = {first, end};
        int[] records = {chunks.firstRecord(first), chunks.firstRecord(end)};
        Ranges range = new Ranges(chunkRange, records, new int[] {records[1]});
        try (KeyProbe probe = new KeyProbe(chunks, range, keying, keying.newHasher(), from, to, stopped)) {
            probe.run(0);
        }
    }

    @Override
    void begin(int chunk) {
        outputs.turnTo(chunks.transform(chunk));
    }

    @Override
    void take(long record, long start, long end, int range) {
        if (record >= from && record < to) {
            hash(outputs.line(start, (int) (end - start)));
        }
    }

    @Override
    void takeFrame(long record, long frame, int range) {
        if (record >= from && record < to) {
            hash(outputs.frame(frame));
        }
    }

    private void hash(int count) {
        for (int i = 0; i < count; i++) {
            if (!keylessOut) {
                outputs.hash(i, hasher);
            } else if (outputs.findKey(i, hasher)) {
                hasher.hashFound();
            }
        }
    }

    @Override
    public void close() {
        outputs.close();
    }
}
