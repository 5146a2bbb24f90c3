package io.decant.bucketer;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One run of a {@link BucketAssigner}, in five passes. Each is parallel, and each reads and writes memory in order,
 * except that the second and fourth go to as many streams as there are partitions, and the last to as many as there are
 * buckets:
 *
 * <ol>
 *   <li>scan: find the records, hash their keys, count hashes per partition ({@link RecordScanner});
 *   <li>scatter: copy the hashes to their partitions ({@link HashPartitions});
 *   <li>count: within each partition, put in place of each hash how often it came before: its bucket
 *       ({@link OccurrenceTable});
 *   <li>gather: bring the buckets back into order of arrival, and count records per bucket ({@link BucketGrouping});
 *   <li>group: put the references of the records in order of bucket, then arrival.
 * </ol>
 *
 * <p>Where records without a key are left out, a range's places are fewer than its records ({@link KeyedScanner}), and
 * the passes after the first go as far as {@link Ranges#keyedEnd}.
 *
 * <p>Costs 24 bytes a record off the heap, and 8 to 16 a bucket, while it runs; 8 and 8 stay, and 4 a record for
 * arrivals. Owned by the calling thread.
 */
final class BatchAssignment implements AutoCloseable {

    private final Chunks chunks;
    private final int threads;
    private final Executor executor;
    private final BooleanSupplier stopped;
    private final long records;
    private final Ranges ranges;
    private final HashPartitions partitions;
    private final LongArray refs = LongArray.empty();
    private final LongArray hashes = LongArray.empty();
    private final LongArray partitioned = LongArray.empty();
    private final LongArray starts = LongArray.empty();
    private final LongArray keyless = LongArray.empty();
    private final IntArray arrivals = IntArray.empty();

    BatchAssignment(
            Chunks chunks,
            HashPartitions partitions,
            int ranges,
            int threads,
            Executor executor,
            BooleanSupplier stopped) {
        this.chunks = chunks;
        this.partitions = partitions;
        this.ranges = Ranges.of(chunks, ranges);
        this.threads = threads;
        this.executor = executor;
        this.stopped = stopped;
        this.records = chunks.records();
    }

    Assignment run(Supplier<KeyHasher> hashers, boolean keylessOut, boolean keepArrivals) {
        refs.growTo(records);
        hashes.growTo(records);
        inParallel(ranges.count(), () -> scanner(hashers.get(), keylessOut));
        partitions.place();
        partitioned.growTo(records);
        inParallel(ranges.count(), () -> this::scatter);
        int buckets = countOccurrences();
        try (BucketGrouping grouping = new BucketGrouping(records, buckets, ranges.count())) {
            inParallel(grouping.groups(), () -> group -> gather(group, grouping));
            grouping.place(starts);
            long keyed = starts.get(buckets);
            arrivals.allocate(keepArrivals ? keyed : 0);
            inParallel(grouping.groups(), () -> group -> group(group, grouping, keepArrivals));
            collectKeyless(records - keyed);
            return new Assignment(
                    partitioned.detach(),
                    starts.detach(),
                    buckets,
                    keyless.detach(),
                    arrivals.detach(),
                    chunks.hasFrames(),
                    hashers);
        }
    }

    private RecordScanner scanner(KeyHasher hasher, boolean keylessOut) {
        return keylessOut
                ? new KeyedScanner(chunks, ranges, refs, hashes, partitions, hasher, stopped)
                : new RecordScanner(chunks, ranges, refs, hashes, partitions, hasher, stopped);
    }

    private void inParallel(int tasks, Supplier<? extends ParallelTasks.Worker> workers) {
        ParallelTasks.run(tasks, threads, executor, workers);
    }

    private void scatter(int range) {
        int[] places = partitions.placesOf(range);
        long from = hashes.address();
        long to = partitioned.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.keyedEnd()[range]; record++) {
            long hash = Memory.getLong(from + record * Long.BYTES);
            Memory.putLong(to + (long) places[partitions.partition(hash)]++ * Long.BYTES, hash);
        }
    }

    private int countOccurrences() {
        int[] buckets = new int[partitions.count()];
        inParallel(partitions.count(), () -> new PartitionCounter(partitions, partitioned, buckets));
        return Arrays.stream(buckets).max().orElse(0);
    }

    private void gather(int group, BucketGrouping grouping) {
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            gatherRange(range, grouping.placesOf(group));
        }
    }

    /** From here on {@code hashes} holds buckets. */
    private void gatherRange(int range, long counts) {
        int[] places = partitions.placesOf(range);
        long from = partitioned.address();
        long to = hashes.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.keyedEnd()[range]; record++) {
            long at = to + record * Long.BYTES;
            long bucket = Memory.getLong(from + (long) places[partitions.partition(Memory.getLong(at))]++ * Long.BYTES);
            Memory.putLong(at, bucket);
            long count = counts + bucket * Long.BYTES;
            Memory.putLong(count, Memory.getLong(count) + 1);
        }
    }

    /** From here on {@code partitioned}, which has been read to its end, holds the references by bucket. */
    private void group(int group, BucketGrouping grouping, boolean keepArrivals) {
        for (int range = grouping.firstRange(group); range < grouping.firstRange(group + 1); range++) {
            if (keepArrivals) {
                groupRangeWithArrivals(range, grouping.placesOf(group));
            } else {
                groupRange(range, grouping.placesOf(group));
            }
        }
    }

    private void groupRange(int range, long places) {
        long buckets = hashes.address();
        long from = refs.address();
        long to = partitioned.address();
        long end = ranges.keyedEnd()[range];
        for (long record = ranges.firstRecord()[range]; record < end; record++) {
            long place = places + Memory.getLong(buckets + record * Long.BYTES) * Long.BYTES;
            long index = Memory.getLong(place);
            Memory.putLong(place, index + 1);
            Memory.putLong(to + index * Long.BYTES, Memory.getLong(from + record * Long.BYTES));
        }
    }

    /** The same, and puts beside each reference which record of the batch it is: counts on, past those left out. */
    private void groupRangeWithArrivals(int range, long places) {
        int arrival = ranges.firstRecord()[range];
        int keyedEnd = ranges.keyedEnd()[range];
        int leftOut = ranges.firstRecord()[range + 1] - 1;
        for (long record = ranges.firstRecord()[range]; record < keyedEnd; record++) {
            while (leftOut >= keyedEnd && hashes.get(leftOut) == arrival) {
                arrival++;
                leftOut--;
            }
            long place = places + hashes.get(record) * Long.BYTES;
            long index = Memory.getLong(place);
            Memory.putLong(place, index + 1);
            partitioned.set(index, refs.get(record));
            arrivals.set(index, arrival++);
        }
    }

    /** A range's records without a key lie behind the others, the last one first. */
    private void collectKeyless(long count) {
        keyless.growTo(count);
        long found = 0;
        for (int range = 0; range < ranges.count(); range++) {
            for (int at = ranges.firstRecord()[range + 1] - 1; at >= ranges.keyedEnd()[range]; at--) {
                keyless.set(found++, refs.get(at));
            }
        }
    }

    @Override
    public void close() {
        refs.close();
        hashes.close();
        partitioned.close();
        starts.close();
        keyless.close();
        arrivals.close();
    }
}
