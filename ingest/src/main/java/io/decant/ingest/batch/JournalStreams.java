package io.decant.ingest.batch;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch.FrameStreams;
import io.decant.ingest.journal.BlockView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * Of a batch in memory: finds the block that a frame lies in by its address. Blocks of a segment lie in ascending
 * order, and segments wherever they were mapped; so it looks through the segments, and bisects in the one. For any
 * thread, since sinks share the batch.
 */
final class JournalStreams implements FrameStreams {

    private static final int NONE = -1;

    private final ArrivalBuckets buckets;
    private final Chunks chunks;
    private final LongUnaryOperator headers;
    /** The first chunk of each ascending run, and behind them {@code chunks.size()}; null until it is asked. */
    private int[] runs;

    private int chunk = NONE;
    private String name = "";

    /** @param headers the address of a block's header, by the tag of its chunk */
    JournalStreams(ArrivalBuckets buckets, Chunks chunks, LongUnaryOperator headers) {
        this.buckets = buckets;
        this.chunks = chunks;
        this.headers = headers;
    }

    /** The name of a block's stream. */
    static String name(long header) {
        BlockView block = new BlockView();
        block.set(header);
        byte[] name = new byte[block.streamBytes()];
        Memory.copyToArray(block.streamAddress(), name, 0, name.length);
        return new String(name, StandardCharsets.UTF_8);
    }

    @Override
    public String of(int bucket, long ordinal) {
        long frame = buckets.frame(bucket, ordinal);
        return buckets.hasTransforms() && frame != 0 ? ofArrival(buckets.arrival(bucket, ordinal)) : ofFrame(frame);
    }

    @Override
    public String ofKeyless(long ordinal) {
        long frame = buckets.keylessFrame(ordinal);
        return buckets.hasTransforms() && frame != 0 ? ofArrival(buckets.keylessArrival(ordinal)) : ofFrame(frame);
    }

    /** Of a record of the batch, which may be what others are made of. */
    synchronized String ofArrival(long arrival) {
        int of = chunks.chunkOf(arrival);
        if (of != chunk) {
            chunk = of;
            name = name(headers.applyAsLong(chunks.tag(chunk)));
        }
        return name;
    }

    private synchronized String ofFrame(long frame) {
        if (frame == 0) {
            return "";
        }
        if (chunk == NONE || !holds(chunk, frame)) {
            chunk = find(frame);
            name = name(headers.applyAsLong(chunks.tag(chunk)));
        }
        return name;
    }

    private boolean holds(int of, long frame) {
        long start = chunks.address(of);
        return start <= frame && frame < start + chunks.length(of);
    }

    private int find(long frame) {
        if (runs == null) {
            runs = ascendingRuns();
        }
        for (int run = 0; run + 1 < runs.length; run++) {
            int last = runs[run + 1] - 1;
            if (chunks.address(runs[run]) <= frame && frame < chunks.address(last) + chunks.length(last)) {
                int found = lastFrom(frame, runs[run], last);
                if (holds(found, frame)) {
                    return found;
                }
            }
        }
        throw new IllegalStateException("no block of the batch holds the record at 0x" + Long.toHexString(frame));
    }

    /** The last chunk of these that begins at the address or before it. */
    private int lastFrom(long address, int first, int last) {
        int low = first;
        int high = last;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (chunks.address(middle) <= address) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int[] ascendingRuns() {
        int[] starts = new int[8];
        int count = 0;
        for (int i = 0; i < chunks.size(); i++) {
            if (i == 0 || chunks.address(i) < chunks.address(i - 1)) {
                starts = count + 1 == starts.length ? Arrays.copyOf(starts, 2 * starts.length) : starts;
                starts[count++] = i;
            }
        }
        starts[count] = chunks.size();
        return Arrays.copyOf(starts, count + 1);
    }
}
