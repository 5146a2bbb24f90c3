package io.decant.ingest.source;

/**
 * A partition of a Kafka topic as {@code /status} shows it.
 *
 * @param state a word: {@code seeking}, {@code reading}, {@code missing}, {@code released} or {@code stopped}
 * @param position the offset after the last record that is durable; {@link #UNKNOWN} before it is known where to begin
 * @param committed the offset that the broker was told last; {@link #UNKNOWN} before it was
 * @param lag records that are there and not durable yet; {@link #UNKNOWN} before the broker has said how many there are
 * @param lost records that the broker had deleted before they were read, since the start
 * @param error why nothing more is read of it, in one line; empty where it is
 */
public record PartitionStatus(
        String topic, int partition, String state, long position, long committed, long lag, long lost, String error) {

    /** An offset or a count that nobody has said yet. */
    public static final long UNKNOWN = -1;
}
