package io.decant.bucketer;

/**
 * The records from one place of the buckets to another, of those that follow one another bucket after bucket. Owned by
 * one thread.
 */
final class OutputWindow implements AutoCloseable {

    private final Multiplicity sizes;
    private final int firstBucket;
    private final long firstOrdinal;
    private final int endBucket;
    private final long endOrdinal;
    private final OutputTable outputs;
    private final OutputMemory memory;
    private final OutputMemory.Page page;
    /** By bucket, where its first record is, or would be. */
    private final LongArray starts = LongArray.empty();
    /** By bucket, how many of its records have come. */
    private final LongArray came = LongArray.empty();

    /**
     * An empty one.
     *
     * @param records so many of a bucket, or the rest of it and as many buckets more as have no more together
     * @param alone whether it ends with its bucket
     * @param builtBytes kept of what is built
     */
    OutputWindow(Multiplicity sizes, int bucket, long ordinal, long records, boolean alone, long builtBytes) {
        this.sizes = sizes;
        firstBucket = bucket;
        firstOrdinal = ordinal;
        long rest = sizes.records(bucket) - ordinal;
        long count = Math.min(rest, records);
        int end = bucket;
        if (rest <= records) {
            end++;
            while (!alone && end < sizes.buckets() && count + sizes.records(end) <= records) {
                count += sizes.records(end);
                end++;
            }
        }
        endBucket = end;
        endOrdinal = end == bucket ? ordinal + count : 0;
        memory = new OutputMemory(builtBytes);
        page = memory.new Page();
        outputs = OutputTable.ofLength(count);
        try {
            placeBuckets(Math.max(1, end - bucket));
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void placeBuckets(int buckets) {
        long start = -firstOrdinal;
        starts.growTo(buckets);
        came.growToZeros(buckets);
        for (int i = 0; i < buckets; i++) {
            starts.set(i, start);
            start += sizes.records(firstBucket + i);
        }
    }

    int firstBucket() {
        return firstBucket;
    }

    boolean has(int bucket, long ordinal) {
        boolean begun = bucket > firstBucket || (bucket == firstBucket && ordinal >= firstOrdinal);
        return begun && (bucket < endBucket || (bucket == endBucket && ordinal < endOrdinal));
    }

    long place(int bucket, long ordinal) {
        return starts.get(bucket - firstBucket) + ordinal;
    }

    /** How many records of a bucket are here from one on that is. */
    long following(int bucket, long ordinal) {
        return (bucket < endBucket ? sizes.records(bucket) : endOrdinal) - ordinal;
    }

    OutputTable outputs() {
        return outputs;
    }

    /** Takes the next record of a bucket, if it belongs here; all of a bucket's records come in their order. */
    void take(long bucket, RecordOutputs of, int output, int record) {
        boolean within = bucket >= firstBucket && (bucket < endBucket || bucket == firstBucket);
        if (!within) {
            return;
        }
        int index = (int) (bucket - firstBucket);
        long ordinal = came.get(index);
        came.set(index, ordinal + 1);
        if (has((int) bucket, ordinal)) {
            put(place((int) bucket, ordinal), of, output, record);
        }
    }

    private void put(long place, RecordOutputs of, int output, int record) {
        long ref = of.ref(output, page);
        boolean rebuilt = ref == 0;
        if (rebuilt) {
            outputs.noteRebuilt();
        }
        int tag = OutputTag.of(of.transform(), output, of.count() > 1, rebuilt);
        outputs.set(place, rebuilt ? of.recordRef() : ref, OutputTable.meta(tag, record));
    }

    @Override
    public void close() {
        outputs.close();
        memory.close();
        starts.close();
        came.close();
    }
}
