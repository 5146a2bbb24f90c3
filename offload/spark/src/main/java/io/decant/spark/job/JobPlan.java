package io.decant.spark.job;

import java.util.List;

/**
 * What a job is to make.
 *
 * @param segments of the batch, in order of arrival
 * @param output URI of the directory that it writes in, which is there and empty
 * @param runs whether runs are wanted
 */
public record JobPlan(KeyRule rule, List<Segment> segments, List<SinkPlan> sinks, boolean runs, String output) {

    public JobPlan {
        segments = List.copyOf(segments);
        sinks = List.copyOf(sinks);
    }
}
