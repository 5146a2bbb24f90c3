package io.decant.spark.job;

import io.decant.offload.layout.Content;
import io.decant.offload.staging.JobResult.HotRecord;
import io.decant.offload.staging.JobResult.NamedRecord;
import io.decant.offload.staging.RunFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the task of a segment has written.
 *
 * @param run of its records in buckets; null where none was asked for, or there are none
 * @param keyless run of its records in no bucket; null where there are none
 * @param failed run of its records that could not be transformed, each with why in place of its position; null where
 *     there are none
 * @param lastBucketFirst its first record in the batch's last bucket, which is of the most frequent key; null where it
 *     has none there
 * @param hottest of several keys the most frequent of each, where this segment has the record that shows it
 */
record SegmentOutput(
        int segment,
        List<PartOutput> parts,
        RunOutput run,
        RunOutput keyless,
        RunOutput failed,
        HotRecord lastBucketFirst,
        ArrayList<NamedRecord> hottest)
        implements Serializable {

    /**
     * A file of an attempt that counts.
     *
     * @param from where it was written, within the job's output
     * @param to where it belongs, likewise
     */
    record MovedFile(String from, String to) implements Serializable {}

    /**
     * A part that a task has written.
     *
     * @param sink for which sink, by its place in the plan
     * @param bucket of which bucket; {@link #TAIL} for parts of the tail
     * @param part its number within the bucket or the tail
     */
    record PartOutput(MovedFile file, int sink, int bucket, int part, Content content) implements Serializable {

        static final int TAIL = -1;
    }

    /**
     * A run that a task has written.
     *
     * @param run as it will be called
     * @param files the run, and behind it its index where it has one
     */
    record RunOutput(RunFile run, List<MovedFile> files) implements Serializable {}
}
