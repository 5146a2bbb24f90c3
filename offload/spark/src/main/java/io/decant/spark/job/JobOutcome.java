package io.decant.spark.job;

import io.decant.offload.layout.Content;
import io.decant.offload.layout.TailEntry;
import io.decant.offload.staging.JobResult.HotRecord;
import io.decant.offload.staging.JobResult.NamedRecord;
import io.decant.offload.staging.Multiplicities;
import io.decant.offload.staging.RunFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a job has made. All files are durable and where they belong within the output; its directories are not synced
 * yet.
 *
 * @param keyless records in no bucket
 * @param runs in order of arrival, where they are wanted or needed
 * @param keylessRuns likewise
 * @param read records of the batch, before any transforms
 * @param hottestByName of several keys the most frequent of each
 * @param failedRuns of records that could not be transformed
 * @param sinks what is finished, by sink; a sink of the plan that is not here needs dead letters or wrapped records,
 *     and is to be served from the runs, which are there then
 */
public record JobOutcome(
        Multiplicities multiplicities,
        long keyless,
        Optional<HotRecord> hottest,
        List<RunFile> runs,
        List<RunFile> keylessRuns,
        long read,
        List<RunFile> failedRuns,
        Map<String, SinkContent> sinks,
        List<NamedRecord> hottestByName) {

    /**
     * What a finished batch directory holds.
     *
     * @param buckets content of each bucket that has a directory
     * @param tail the others
     */
    public record SinkContent(List<Content> buckets, Optional<TailEntry> tail) {}
}
