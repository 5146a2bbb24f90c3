package io.decant.spark.job;

import org.apache.spark.TaskContext;

/** Tells Spark how many records a task has gone through, so that it can tell others. Stateless. */
final class ReadRecords {

    private ReadRecords() {}

    static void report(long records) {
        TaskContext.get().taskMetrics().inputMetrics().incRecordsRead(records);
    }
}
