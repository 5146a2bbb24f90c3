package io.decant.spark.driver;

import io.decant.offload.protocol.DriverAnswer;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells, while Spark waits for YARN, what YARN says about it: Spark itself says nothing until it has its application
 * master. A thread of its own, from its making to its close.
 */
final class StartWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StartWatch.class);
    private static final long EVERY_SECONDS = 5;

    private final StartedApplication application;
    private final Consumer<DriverAnswer> answers;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread watch = new Thread(work, "decant-start-watch");
        watch.setDaemon(true);
        return watch;
    });

    StartWatch(StartedApplication application, Consumer<DriverAnswer> answers) {
        this.application = application;
        this.answers = answers;
        var unused = thread.scheduleWithFixedDelay(this::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    private void look() {
        try {
            application.waiting().ifPresent(why -> answers.accept(new DriverAnswer.Waiting(DriverAnswer.NO_JOB, why)));
        } catch (IOException e) {
            answers.accept(new DriverAnswer.Waiting(
                    DriverAnswer.NO_JOB,
                    "YARN does not answer: " + Failure.of(e).message()));
        } catch (YarnException | RuntimeException e) {
            log.debug("YARN does not say why it waits", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
