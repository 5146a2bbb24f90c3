package io.decant.bucketer;

import java.util.Arrays;
import java.util.List;

/**
 * The records that a batch has behind its transforms, by range, then arrival: reference, hash, and {@link OutputTag}
 * with the ordinal of the record that each is made of ({@link OutputTable#meta}); and the records that failed. Threads
 * fill different ranges at once.
 */
final class OutputPlaces implements AutoCloseable {

    private final Ranges ranges;
    private final int[] keylessFrom;
    private final LongArray refs = LongArray.empty();
    private final LongArray hashes = LongArray.empty();
    private final LongArray metas = LongArray.empty();
    private final OutputMemory memory;
    private final TransformTally tally;

    /**
     * @param chunkRanges of the batch's records
     * @param outputs of each range, at most
     * @param memory where what is built is put, as long as there is room
     */
    OutputPlaces(Ranges chunkRanges, long[] outputs, OutputMemory memory, List<Transform> transforms) {
        int[] first = new int[outputs.length + 1];
        for (int range = 0; range < outputs.length; range++) {
            first[range + 1] = Math.toIntExact(first[range] + outputs[range]);
        }
        this.ranges = new Ranges(chunkRanges.firstChunk(), first, Arrays.copyOfRange(first, 1, first.length));
        this.keylessFrom = Arrays.copyOfRange(first, 1, first.length);
        this.memory = memory;
        this.tally = new TransformTally(outputs.length, transforms);
        try {
            refs.growTo(places());
            hashes.growTo(places());
            metas.growTo(places());
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    Ranges ranges() {
        return ranges;
    }

    /** How many places there are. */
    int places() {
        return ranges.firstRecord()[ranges.count()];
    }

    /** Where the outputs without a key of each range begin, the last one first; they end with the range. */
    int[] keylessFrom() {
        return keylessFrom;
    }

    LongArray refs() {
        return refs;
    }

    LongArray hashes() {
        return hashes;
    }

    LongArray metas() {
        return metas;
    }

    int tag(long place) {
        return OutputTable.tagOf(metas.get(place));
    }

    int arrival(long place) {
        return OutputTable.arrivalOf(metas.get(place));
    }

    OutputMemory memory() {
        return memory;
    }

    TransformTally tally() {
        return tally;
    }

    void put(int place, int tag, int arrival) {
        metas.set(place, OutputTable.meta(tag, arrival));
    }

    /** Outputs without a key. */
    long keyless() {
        long keyless = 0;
        for (int range = 0; range < ranges.count(); range++) {
            keyless += ranges.firstRecord()[range + 1] - keylessFrom[range];
        }
        return keyless;
    }

    /** Outputs with a key. */
    long keyed() {
        long keyed = 0;
        for (int range = 0; range < ranges.count(); range++) {
            keyed += ranges.keyedEnd()[range] - ranges.firstRecord()[range];
        }
        return keyed;
    }

    @Override
    public void close() {
        refs.close();
        hashes.close();
        metas.close();
        tally.close();
    }
}
