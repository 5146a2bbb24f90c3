package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.SparkReport;
import java.util.Optional;

/**
 * What Spark makes of batches, at one moment, for a person.
 *
 * @param predicted what is expected of the job under way; empty as long as none is, or that is not known
 * @param progress how far the job under way is; empty as long as none is, or that is not known
 * @param batch of the last job that has ended with success since the start; 0: none has
 * @param last what the cluster made of it
 */
public record SparkWork(String predicted, Optional<DriverAnswer.Progress> progress, long batch, SparkReport last) {

    /** Nothing so far. */
    public static final SparkWork NONE = new SparkWork("", 0, SparkReport.EMPTY);

    /** While no job is under way, or it is not known how far it is. */
    public SparkWork(String predicted, long batch, SparkReport last) {
        this(predicted, Optional.empty(), batch, last);
    }

    /** The same while a job is expected to be like this; empty: none is under way. */
    public SparkWork expecting(String prediction) {
        return new SparkWork(prediction, progress, batch, last);
    }

    /** The same while a job is so far; empty: none is under way, or that is not known. */
    public SparkWork at(Optional<DriverAnswer.Progress> now) {
        return new SparkWork(predicted, now, batch, last);
    }

    /** The same after a job has ended with success; where it ran nothing, what is known of the one before stays. */
    public SparkWork after(long ended, SparkReport report) {
        return report.equals(SparkReport.EMPTY) ? this : new SparkWork(predicted, progress, ended, report);
    }
}
