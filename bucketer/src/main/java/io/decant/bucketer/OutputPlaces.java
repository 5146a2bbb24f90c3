package io.decant.bucketer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records that a batch has behind its transforms, by range, then arrival: reference, hash, {@link OutputTag} and
 * ordinal of the record that each is made of; and the records that failed. Threads fill different ranges at once.
 */
final class OutputPlaces implements AutoCloseable {

    private final Ranges ranges;
    private final int[] keylessFrom;
    private final LongArray refs = LongArray.empty();
    private final LongArray hashes = LongArray.empty();
    private final IntArray tags = IntArray.empty();
    private final IntArray arrivals = IntArray.empty();
    private final List<FailedRecords> failed = new ArrayList<>();
    private final OutputMemory memory;
    private final List<StepCounts> counts;

    /**
     * @param chunkRanges of the batch's records
     * @param outputs of each range, at most
     * @param memory where what is built is put, as long as there is room
     */
    OutputPlaces(Ranges chunkRanges, long[] outputs, OutputMemory memory, List<Transform> transforms) {
        int[] first = new int[outputs.length + 1];
        for (int range = 0; range < outputs.length; range++) {
            first[range + 1] = Math.toIntExact(first[range] + outputs[range]);
            failed.add(new FailedRecords());
        }
        this.ranges = new Ranges(chunkRanges.firstChunk(), first, Arrays.copyOfRange(first, 1, first.length));
        this.keylessFrom = Arrays.copyOfRange(first, 1, first.length);
        this.memory = memory;
        this.counts = newCounts(transforms);
        try {
            refs.growTo(places());
            hashes.growTo(places());
            tags.allocate(places());
            arrivals.allocate(places());
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    static List<StepCounts> newCounts(List<Transform> transforms) {
        return transforms.stream().map(each -> new StepCounts(each.steps())).toList();
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

    IntArray tags() {
        return tags;
    }

    IntArray arrivals() {
        return arrivals;
    }

    OutputMemory memory() {
        return memory;
    }

    FailedRecords failed(int range) {
        return failed.get(range);
    }

    List<StepCounts> counts() {
        return counts;
    }

    void put(int place, int tag, int arrival) {
        tags.set(place, tag);
        arrivals.set(place, arrival);
    }

    synchronized void addCounts(RecordOutputs outputs) {
        outputs.addCounts(counts);
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

    /** All records that failed, in order of arrival; to be closed by the caller. */
    FailedRecords takeFailed() {
        FailedRecords all = new FailedRecords();
        failed.forEach(all::addAll);
        return all;
    }

    @Override
    public void close() {
        refs.close();
        hashes.close();
        tags.close();
        arrivals.close();
        failed.forEach(FailedRecords::close);
    }
}
