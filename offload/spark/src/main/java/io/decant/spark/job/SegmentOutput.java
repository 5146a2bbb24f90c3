package io.decant.spark.job;

import io.decant.offload.staging.JobResult.HotRecord;
import java.io.Serializable;
import java.util.List;

/**
 * What the task of a segment has written.
 *
 * @param run of its records in buckets; null where none was asked for, or there are none
 * @param keyless run of its records in no bucket; null where there are none
 * @param lastBucketFirst its first record in the batch's last bucket, which is of the most frequent key; null where it
 *     has none there
 */
record SegmentOutput(int segment, List<PartOutput> parts, RunOutput run, RunOutput keyless, HotRecord lastBucketFirst)
        implements Serializable {}
