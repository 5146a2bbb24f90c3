package io.decant.spark.driver;

import io.decant.offload.protocol.DriverAnswer;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Tells, while a job waits for a cluster that has given it no executor, that it does. A thread of its own, from its
 * making to its close.
 */
final class ExecutorWatch implements AutoCloseable {

    private static final long EVERY_SECONDS = 5;
    /** Spark counts the driver among them. */
    private static final int DRIVER = 1;

    private final JavaSparkContext spark;
    private final String job;
    private final Consumer<DriverAnswer> answers;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread watch = new Thread(work, "decant-executor-watch");
        watch.setDaemon(true);
        return watch;
    });

    ExecutorWatch(JavaSparkContext spark, String job, Consumer<DriverAnswer> answers) {
        this.spark = spark;
        this.job = job;
        this.answers = answers;
        if (!spark.sc().isLocal()) {
            var unused = thread.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void look() {
        if (spark.sc().getExecutorMemoryStatus().size() <= DRIVER) {
            answers.accept(new DriverAnswer.Waiting(
                    job,
                    spark.sc().applicationId() + " has no executor: YARN has given it no container for one of "
                            + spark.getConf().get("spark.executor.memory") + " and "
                            + spark.getConf().get("spark.executor.memoryOverhead") + ", "
                            + spark.getConf().get("spark.executor.cores") + " cores, in queue "
                            + spark.getConf().get("spark.yarn.queue")));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
