package io.decant.config;

/** Who says which partitions a Kafka source reads. */
public enum PartitionAssignment {
    /** The settings: the journal is the one holder of positions. */
    OWN,
    /** The consumer group, among its members. */
    GROUP
}
