package io.decant.spark.report;

/**
 * How many tasks run at a time.
 *
 * @param executors processes that run them; 0: there is room for none
 * @param cores tasks that each of them runs at a time, at least 1
 */
public record Slots(int executors, int cores) {

    /** Tasks that all executors together run at a time. */
    public int atATime() {
        return executors * cores;
    }

    /** How often a core begins a task, at most; 0 without an executor. */
    public long waves(long tasks) {
        return executors == 0 ? 0 : (tasks + atATime() - 1) / atATime();
    }

    /** {@code 2 executors of 1 core}. */
    @Override
    public String toString() {
        return Texts.counted(executors, "executor") + " of " + Texts.counted(cores, "core");
    }
}
