package io.decant.bucketer;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Counts how many records a batch has behind its transforms, range by range. Owned by one thread. */
final class OutputCounter extends RecordScanner {

    private final Chunks chunks;
    private final RecordOutputs outputs;
    private final long[] counts;
    private long count;

    /** @param counts receives the outputs of each range */
    OutputCounter(Chunks chunks, Ranges ranges, List<Transform> transforms, long[] counts, BooleanSupplier stopped) {
        super(chunks, ranges, LongArray.empty(), LongArray.empty(), null, null, stopped);
        this.chunks = chunks;
        this.outputs = new RecordOutputs(transforms);
        this.counts = counts;
    }

    @Override
    public void run(int range) {
        count = 0;
        scan(range);
        counts[range] = count;
    }

    @Override
    void begin(int chunk) {
        outputs.turnTo(chunks.transform(chunk));
    }

    @Override
    void take(long record, long start, long end, int range) {
        count += Math.max(0, outputs.line(start, (int) (end - start)));
    }

    @Override
    void takeFrame(long record, long frame, int range) {
        count += Math.max(0, outputs.frame(frame));
    }

    @Override
    public void close() {
        outputs.close();
    }
}
