package io.decant.bucketer;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One run of a {@link BucketAssigner}, in five passes. Each is parallel, and each reads and writes memory in order, except
 * that the second and fourth go to as many streams as there are partitions, and the last to as many as there are buckets:
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
 * <p>Costs 24 bytes a record off the heap, and 8 to 16 a bucket, while it runs; 8 and 8 stay. Owned by the calling
 * thread.
 */
final class BatchAssignment implements AutoCloseable {

    private final Chunks chunks;
    private final int threads;
    private final Executor executor;
    private final long records;
    private final Ranges ranges;
    private final HashPartitions partitions;
    private final LongArray refs = LongArray.empty();
    private final LongArray hashes = LongArray.empty();
    private final LongArray parted = LongArray.empty();
    private final LongArray starts = LongArray.empty();

    BatchAssignment(Chunks chunks, HashPartitions partitions, int ranges, int threads, Executor executor) {
        this.chunks = chunks;
        this.partitions = partitions;
        this.ranges = Ranges.of(chunks, ranges);
        this.threads = threads;
        this.executor = executor;
        this.records = chunks.records();
    }

    Assignment run(Supplier<KeyHasher> hashers) {
        refs.growTo(records);
        hashes.growTo(records);
        inParallel(ranges.count(), () -> new RecordScanner(chunks, ranges, refs, hashes, partitions, hashers.get()));
        partitions.place();
        parted.growTo(records);
        inParallel(ranges.count(), () -> this::scatter);
        int buckets = countOccurrences();
        try (BucketGrouping grouping = new BucketGrouping(records, buckets, ranges.count())) {
            inParallel(grouping.groups(), () -> group -> gather(group, grouping));
            grouping.place(starts);
            inParallel(grouping.groups(), () -> group -> group(group, grouping));
            return new Assignment(parted.detach(), starts.detach(), buckets, hashers);
        }
    }

    private void inParallel(int tasks, Supplier<? extends ParallelTasks.Worker> workers) {
        ParallelTasks.run(tasks, threads, executor, workers);
    }

    private void scatter(int range) {
        int[] places = partitions.placesOf(range);
        long from = hashes.address();
        long to = parted.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.firstRecord()[range + 1]; record++) {
            long hash = Memory.getLong(from + record * Long.BYTES);
            Memory.putLong(to + (long) places[partitions.partition(hash)]++ * Long.BYTES, hash);
        }
    }

    private int countOccurrences() {
        int[] buckets = new int[partitions.count()];
        inParallel(partitions.count(), () -> new PartitionCounter(partitions, parted, buckets));
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
        long from = parted.address();
        long to = hashes.address();
        for (long record = ranges.firstRecord()[range]; record < ranges.firstRecord()[range + 1]; record++) {
            long at = to + record * Long.BYTES;
            long bucket = Memory.getLong(from + (long) places[partitions.partition(Memory.getLong(at))]++ * Long.BYTES);
            Memory.putLong(at, bucket);
            long count = counts + bucket * Long.BYTES;
            Memory.putLong(count, Memory.getLong(count) + 1);
        }
    }

    /** From here on {@code parted}, which has been read to its end, holds the references by bucket. */
    private void group(int group, BucketGrouping grouping) {
        long places = grouping.placesOf(group);
        long buckets = hashes.address();
        long from = refs.address();
        long to = parted.address();
        long end = ranges.firstRecord()[grouping.firstRange(group + 1)];
        for (long record = ranges.firstRecord()[grouping.firstRange(group)]; record < end; record++) {
            long place = places + Memory.getLong(buckets + record * Long.BYTES) * Long.BYTES;
            long index = Memory.getLong(place);
            Memory.putLong(place, index + 1);
            Memory.putLong(to + index * Long.BYTES, Memory.getLong(from + record * Long.BYTES));
        }
    }

    @Override
    public void close() {
        refs.close();
        hashes.close();
        parted.close();
        starts.close();
    }
}
