package io.decant.bucketer;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Counts how many records a batch has behind its transforms, range by range; or how many at most, where that is told
 * faster ({@link Transform#outputsAtMost}). Owned by one thread.
 */
final class OutputCounter extends RecordScanner {

    private final Chunks chunks;
    private final Ranges ranges;
    private final List<Transform> transforms;
    private final boolean atMost;
    private final RecordOutputs outputs;
    private final long[] counts;
    private long count;

    /**
     * @param atMost whether the most will do
     * @param counts receives the outputs of each range
     */
    OutputCounter(
            Chunks chunks,
            Ranges ranges,
            List<Transform> transforms,
            boolean atMost,
            long[] counts,
            BooleanSupplier stopped) {
        super(chunks, ranges, LongArray.empty(), LongArray.empty(), null, null, stopped);
        this.chunks = chunks;
        this.ranges = ranges;
        this.transforms = transforms;
        this.atMost = atMost;
        this.outputs = new RecordOutputs(transforms);
        this.counts = counts;
    }

    @Override
    public void run(int range) {
        count = 0;
        for (int chunk = ranges.firstChunk()[range]; chunk < ranges.firstChunk()[range + 1]; chunk++) {
            long most = atMost ? most(chunk) : Transform.UNKNOWN;
            if (most == Transform.UNKNOWN) {
                scanChunk(chunk, range);
            } else {
                count += most;
            }
        }
        counts[range] = count;
    }

    private long most(int chunk) {
        int transform = chunks.transform(chunk);
        if (transform == 0) {
            return chunks.records(chunk);
        }
        return chunks.isFramed(chunk)
                ? Transform.UNKNOWN
                : transforms
                        .get(transform - 1)
                        .outputsAtMost(chunks.address(chunk), chunks.length(chunk), chunks.records(chunk));
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
