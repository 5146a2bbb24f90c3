package io.decant.spark.report;

import java.util.List;
import java.util.Set;

/**
 * What a stage of a job has been.
 *
 * @param number from 1, in the order in which stages began
 * @param operators of the RDDs in it, in order; consecutive equal ones once
 * @param readsInput whether it begins with RDDs that read something, not with what an earlier stage has shuffled
 * @param tasks that it has
 * @param atATime the most tasks that ran at once
 * @param failed attempts of tasks that failed, or were stopped because another attempt was faster
 * @param localTasks tasks that ran where their input lies
 * @param millis from its submission to its end
 * @param executors that ran its tasks
 */
public record StageRow(
        int number,
        List<String> operators,
        boolean readsInput,
        int tasks,
        int atATime,
        int failed,
        int localTasks,
        long millis,
        Set<String> executors) {

    public StageRow {
        operators = List.copyOf(operators);
        executors = Set.copyOf(executors);
    }

    /** How often a core began a task, if each took as long as the others; 0 if nothing ran. */
    public int waves() {
        return atATime == 0 ? 0 : (tasks + atATime - 1) / atATime;
    }
}
