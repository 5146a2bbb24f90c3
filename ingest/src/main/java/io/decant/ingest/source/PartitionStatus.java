package io.decant.ingest.source;

/**
 * A partition of a Kafka topic as {@code /status} shows it.
 *
 * @param state a word: {@code seeking}, {@code reading}, {@code missing}, {@code away}, {@code refused},
 *     {@code unassigned}, {@code released} or {@code stopped}
 * @param position the offset after the last record that is durable; {@link #UNKNOWN} before it is known where to begin
 * @param committed the offset that the broker has; {@link #UNKNOWN} where it has none, or has not said
 * @param lag records that are there and not durable yet; {@link #UNKNOWN} before the broker has said how many there are
 * @param lost records that the broker had deleted before they were read, since the start
 * @param skipped offsets that were left out because their records could not be read, since the start
 * @param error why nothing is read of it, or what holds it up, in one line; empty where all is as it should be
 */
public record PartitionStatus(
        String topic,
        int partition,
        String state,
        long position,
        long committed,
        long lag,
        long lost,
        long skipped,
        String error) {

    /** An offset or a count that is not known yet. */
    public static final long UNKNOWN = -1;
}
