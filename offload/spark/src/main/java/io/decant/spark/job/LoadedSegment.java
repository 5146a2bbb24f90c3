package io.decant.spark.job;

import io.decant.bucketer.Chunks;
import io.decant.offload.staging.RunHeader;
import java.util.List;
import org.apache.spark.TaskContext;

/** A segment in native memory, until it is closed. Owned by one thread. */
public interface LoadedSegment extends AutoCloseable {

    /** Where its records lie. */
    Chunks chunks();

    /** The streams that its records came in. */
    List<RunHeader.Stream> streams();

    /** Turns to the record with this ordinal in the segment; what follows is about it. */
    void turnTo(long arrival);

    /** Which of {@link #streams()} the record came in. */
    int stream();

    /** Ordinal of the record in its stream. */
    long position();

    /** When the record arrived, milliseconds since the epoch. */
    long arrivalMillis();

    /** Reports to Spark how many records the calling task has processed. */
    default void reportRead() {
        TaskContext.get().taskMetrics().inputMetrics().incRecordsRead(chunks().records());
    }

    /** Frees the memory. */
    @Override
    void close();
}
