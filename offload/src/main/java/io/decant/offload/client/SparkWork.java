package io.decant.offload.client;

import io.decant.offload.protocol.SparkReport;

/**
 * What Spark makes of batches, at one moment, for a person.
 *
 * @param predicted what is expected of the job under way; empty as long as none is, or that is not known
 * @param batch of the last job that has ended with success since the start; 0: none has
 * @param last what the cluster made of it
 */
public record SparkWork(String predicted, long batch, SparkReport last) {

    /** Nothing so far. */
    public static final SparkWork NONE = new SparkWork("", 0, SparkReport.EMPTY);

    /** The same while a job is expected to be like this; empty: none is under way. */
    public SparkWork expecting(String prediction) {
        return new SparkWork(prediction, batch, last);
    }

    /** The same after a job has ended with success; where it ran nothing, what is known of the one before stays. */
    public SparkWork after(long ended, SparkReport report) {
        return report.equals(SparkReport.EMPTY) ? this : new SparkWork(predicted, ended, report);
    }
}
