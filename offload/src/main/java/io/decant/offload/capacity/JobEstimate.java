package io.decant.offload.capacity;

import io.decant.offload.staging.BlockFileLimits;

/**
 * What a batch becomes: a task for each of its block files, as many at a time as there are cores.
 *
 * @param tasks of each of the job's passes
 * @param executors that do them
 * @param cores of an executor: its tasks at a time
 */
public record JobEstimate(long tasks, int executors, int cores) {

    /**
     * Of a batch of that many bytes.
     *
     * @param limits of the block files that it is staged in
     */
    public static JobEstimate of(long batchBytes, BlockFileLimits limits, int executors, int cores) {
        return new JobEstimate(limits.files(batchBytes), executors, cores);
    }

    /** How often a core begins a task in a pass, at most; 0 without an executor. */
    public long waves() {
        return executors == 0 ? 0 : ceilDiv(tasks, (long) executors * cores);
    }

    private static long ceilDiv(long count, long each) {
        return (count + each - 1) / each;
    }
}
