package io.decant.spark.job;

import org.apache.spark.Partitioner;

/** Sends what has a number to the partition of that number. */
final class NumberPartitioner extends Partitioner {

    private final int partitions;

    NumberPartitioner(int partitions) {
        this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
        return partitions;
    }

    @Override
    public int getPartition(Object key) {
        return (Integer) key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NumberPartitioner partitioner && partitioner.partitions == partitions;
    }

    @Override
    public int hashCode() {
        return partitions;
    }
}
