package io.decant.ingest.batch;

/**
 * The streams in which a batch's records in frames came, for its dead letters: of a record of Kafka's,
 * {@code <topic>-<partition>}. Costs nothing unless it is asked. For the thread that reads the batch's buckets; not to
 * be used once the batch is closed.
 */
public interface FrameStreams {

    /** The name of the stream that a record came in; empty where it is a line. */
    String of(int bucket, long ordinal);

    /** The same of a record without a key. */
    String ofKeyless(long ordinal);
}
