package io.decant.spark.driver;

import io.decant.offload.protocol.DriverAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
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
    private final boolean isUsers;
    /** Of stages that may be submitted again: of a job of the user's those that have not ended. */
    private final Map<Integer, Integer> numbers = new HashMap<>();

    private int begun;
    /** Of the user's job: stages of what it has asked Spark for until now. */
    private int announced;

    private int stage;
    private int tasks;
    private int done;
    private long records;
    private long lastNanos;
    private volatile boolean over;

    private JobProgress(String job, boolean isUsers, Consumer<DriverAnswer> answers, LongSupplier nanoTime) {
        this.job = job;
        this.isUsers = isUsers;
        this.answers = answers;
        this.nanoTime = nanoTime;
    }

    /**
     * Of a job that splits a batch.
     *
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    static JobProgress ofBuckets(String job, Consumer<DriverAnswer> answers, LongSupplier nanoTime) {
        return new JobProgress(job, false, answers, nanoTime);
    }

    /** Of a job of the user's, whose stages are known as it asks Spark for them. */
    static JobProgress ofUser(String job, Consumer<DriverAnswer> answers, LongSupplier nanoTime) {
        return new JobProgress(job, true, answers, nanoTime);
    }

    /** Says nothing from now on: events come late. */
    void end() {
        over = true;
    }

    @Override
    public void onJobStart(SparkListenerJobStart event) {
        announced += event.stageIds().size();
    }

    /** A job that loops has more stages than anybody counts. */
    @Override
    public void onStageCompleted(SparkListenerStageCompleted event) {
        if (isUsers && event.stageInfo().failureReason().isEmpty()) {
            numbers.remove(event.stageInfo().stageId());
        }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        // A stage that is submitted again keeps its number.
        stage = numbers.computeIfAbsent(event.stageInfo().stageId(), id -> ++begun);
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
        if (isUsers || STAGES_OF_RECORDS.contains(stage)) {
            records += event.taskMetrics().inputMetrics().recordsRead();
        }
        if (done == tasks || nanoTime.getAsLong() - lastNanos >= EVERY_NANOS) {
            tell();
        }
    }

    private void tell() {
        if (!over) {
            lastNanos = nanoTime.getAsLong();
            int stages = Math.max(isUsers ? announced : STAGES_MIN, begun);
            answers.accept(new DriverAnswer.Progress(job, stage, stages, tasks, done, records));
        }
    }
}
