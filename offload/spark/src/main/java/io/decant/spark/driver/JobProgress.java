package io.decant.spark.driver;

import io.decant.offload.protocol.DriverAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Tells how far a job is, at every new stage, and between them every now and then. Spark calls it on one thread of its
 * own.
 */
final class JobProgress extends SparkListener {

    private static final long EVERY_NANOS = 250_000_000;
    /** Count, prefix, exchange, assign; a tail is one more, of which nobody knows before. */
    private static final int STAGES_MIN = 4;
    /** The two that go through all records; the others see hashes. */
    private static final Set<Integer> STAGES_OF_RECORDS = Set.of(1, 4);

    private final String job;
    private final Consumer<DriverAnswer> answers;
    private final LongSupplier nanoTime;
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private int stage;
    private int tasks;
    private int done;
    private long records;
    private long lastNanos;
    private volatile boolean over;

    /** @param nanoTime a clock like {@link System#nanoTime()} */
    JobProgress(String job, Consumer<DriverAnswer> answers, LongSupplier nanoTime) {
        this.job = job;
        this.answers = answers;
        this.nanoTime = nanoTime;
    }

    /** Says nothing from now on: events come late. */
    void end() {
        over = true;
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        // A stage that is submitted again keeps its number.
        stage = numbers.computeIfAbsent(event.stageInfo().stageId(), id -> numbers.size() + 1);
        tasks = event.stageInfo().numTasks();
        done = 0;
        records = 0;
        tell();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        Integer number = numbers.get(event.stageId());
        if (number == null || number != stage || !(event.reason() instanceof Success$)) {
            return;
        }
        done = Math.min(tasks, done + 1);
        if (STAGES_OF_RECORDS.contains(stage)) {
            records += event.taskMetrics().inputMetrics().recordsRead();
        }
        if (done == tasks || nanoTime.getAsLong() - lastNanos >= EVERY_NANOS) {
            tell();
        }
    }

    private void tell() {
        if (!over) {
            lastNanos = nanoTime.getAsLong();
            answers.accept(
                    new DriverAnswer.Progress(job, stage, Math.max(STAGES_MIN, numbers.size()), tasks, done, records));
        }
    }
}
