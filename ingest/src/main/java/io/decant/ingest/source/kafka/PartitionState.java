package io.decant.ingest.source.kafka;

/** Where a partition is. {@link PartitionFeed#become} holds the one place where it changes. */
enum PartitionState {
    /** It is not known yet where to begin. */
    SEEKING,
    READING,
    /** Its topic is not there. */
    MISSING,
    /** It has no leader, or its leader does not answer or cannot be reached; tried again. */
    AWAY,
    /** We are not permitted to read its topic; tried again. */
    REFUSED,
    /** The source has a new consumer, and the group has not said yet which partitions that one has. */
    UNASSIGNED,
    /** Another member of the group has it. */
    RELEASED,
    /** Nothing more is read of it before the next start: a person must decide. */
    STOPPED
}
