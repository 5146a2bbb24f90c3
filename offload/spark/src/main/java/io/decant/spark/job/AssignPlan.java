package io.decant.spark.job;

import io.decant.bucketer.HotOrdinal;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the tasks of segments are to write.
 *
 * @param output URI of the job's output
 * @param sinks finished batch directories
 * @param tails of each sink, in the same order
 * @param runs whether runs are part of the output
 * @param runsFrom buckets from this one on go into runs, if only for tails to be merged; past the last if nothing
 *     needs any
 * @param buckets of the batch
 * @param hottest of several keys the most frequent of each; empty where there is one
 */
record AssignPlan(
        String output,
        KeyRule rule,
        List<SinkPlan> sinks,
        List<TailPlan> tails,
        boolean runs,
        int runsFrom,
        int buckets,
        ArrayList<HotOrdinal> hottest)
        implements Serializable {}
