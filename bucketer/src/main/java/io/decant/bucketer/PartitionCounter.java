package io.decant.bucketer;

/**
 * Puts in place of each hash of a partition how often it came before in the batch. Owned by one thread, with a table of
 * its own that it uses for one partition after another.
 */
final class PartitionCounter implements ParallelTasks.Worker {

    private final HashPartitions partitions;
    private final LongArray partitioned;
    private final int[] buckets;
    private final OccurrenceTable table;

    /**
     * @param partitioned hashes by partition, in order of arrival within
     * @param buckets receives, for each partition, the highest multiplicity
     */
    PartitionCounter(HashPartitions partitions, LongArray partitioned, int[] buckets) {
        this.partitions = partitions;
        this.partitioned = partitioned;
        this.buckets = buckets;
        // Sized by the average partition, not by each: one that is much larger is so by a hot key, not by many keys.
        this.table = new OccurrenceTable(partitions.start(partitions.count()) / partitions.count());
    }

    @Override
    public void run(int partition) {
        table.clear();
        long highest = -1;
        long end = partitioned.address() + (long) partitions.start(partition + 1) * Long.BYTES;
        for (long at = partitioned.address() + (long) partitions.start(partition) * Long.BYTES;
                at < end;
                at += Long.BYTES) {
            long occurrence = table.increment(Memory.getLong(at));
            Memory.putLong(at, occurrence);
            highest = Math.max(highest, occurrence);
        }
        buckets[partition] = (int) (highest + 1);
    }

    @Override
    public void close() {
        table.close();
    }
}
