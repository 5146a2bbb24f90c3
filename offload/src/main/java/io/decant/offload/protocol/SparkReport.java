package io.decant.offload.protocol;

import java.util.List;

/**
 * What the cluster made of a job, for a person.
 *
 * @param predicted what was expected before it ran: tasks, how many at a time, waves; empty where nothing ran
 * @param stages a line for each stage, as many as the driver shows, and one for the executors; empty where nothing ran
 */
public record SparkReport(String predicted, List<String> stages) {

    /** Of a job that ran nothing, or of a driver that does not say. */
    public static final SparkReport EMPTY = new SparkReport("", List.of());

    public SparkReport {
        stages = List.copyOf(stages);
    }
}
