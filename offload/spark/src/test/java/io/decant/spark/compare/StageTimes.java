package io.decant.spark.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;

/**
 * How long the stages of a job took, in the order in which they ended. Spark calls it on a thread of its own, a little
 * late.
 */
final class StageTimes extends SparkListener {

    private static final double MILLIS = 1e3;

    private final List<String> stages = new ArrayList<>();

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
        var stage = event.stageInfo();
        long millis = (Long) stage.completionTime().get()
                - (Long) stage.submissionTime().get();
        stages.add(String.format(Locale.ROOT, "%.2f s (%d tasks)", millis / MILLIS, stage.numTasks()));
    }

    /** Those since it was asked last. */
    synchronized String take() {
        String taken = String.join(", ", stages);
        stages.clear();
        return taken;
    }
}
