package io.decant.bucketer;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A scanner that transforms records and takes what they become. As {@link KeyedScanner}, it puts outputs with a key
 * from a range's first place on, and those without one from its last place downwards; between them there may be places
 * left.
 * Owned by one thread.
 */
final class TransformingScanner extends RecordScanner {

    private final Chunks chunks;
    private final OutputPlaces places;
    private final KeyHasher hasher;
    private final boolean keylessOut;
    private final RecordOutputs outputs;
    private final OutputMemory.Page memory;
    private FailedRecords failed;
    private int keyed;
    private int keyless;

    TransformingScanner(
            Chunks chunks,
            OutputPlaces places,
            HashPartitions partitions,
            List<Transform> transforms,
            KeyHasher hasher,
            boolean keylessOut,
            BooleanSupplier stopped) {
        super(chunks, places.ranges(), places.refs(), places.hashes(), partitions, hasher, stopped);
        this.chunks = chunks;
        this.places = places;
        this.hasher = hasher;
        this.keylessOut = keylessOut;
        this.outputs = new RecordOutputs(transforms);
        this.memory = places.memory().new Page();
    }

    @Override
    public void run(int range) {
        keyed = places.ranges().firstRecord()[range];
        keyless = places.ranges().firstRecord()[range + 1];
        failed = places.tally().failed(range);
        scan(range);
        assert keyed <= keyless : range;
        places.ranges().keyedEnd()[range] = keyed;
        places.keylessFrom()[range] = keyless;
    }

    @Override
    void begin(int chunk) {
        outputs.turnTo(chunks.transform(chunk));
    }

    @Override
    void take(long record, long start, long end, int range) {
        takeOutputs(record, outputs.line(start, (int) (end - start)), range);
    }

    @Override
    void takeFrame(long record, long frame, int range) {
        takeOutputs(record, outputs.frame(frame), range);
    }

    private void takeOutputs(long record, int count, int range) {
        if (count == Transformer.FAILED) {
            failed.add(outputs.recordRef(), (int) record, outputs.failure());
            return;
        }
        for (int i = 0; i < count; i++) {
            long found = outputs.ref(i, memory);
            boolean rebuilt = found == 0;
            long ref = rebuilt ? outputs.recordRef() : found;
            int tag = OutputTag.of(outputs.transform(), i, count > 1, rebuilt);
            if (!keylessOut || outputs.findKey(i, hasher)) {
                places.put(keyed, tag, (int) record);
                put(keyed++, ref, keylessOut ? hasher.hashFound() : outputs.hash(i, hasher), range);
            } else {
                keyless--;
                places.put(keyless, tag, (int) record);
                places.refs().set(keyless, ref);
            }
        }
    }

    @Override
    public void close() {
        places.tally().addCounts(outputs);
        outputs.close();
    }
}
