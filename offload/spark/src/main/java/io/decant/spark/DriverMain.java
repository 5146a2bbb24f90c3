package io.decant.spark;

import io.decant.spark.driver.Answers;
import io.decant.spark.driver.Answers.DriverException;
import io.decant.spark.driver.Driver;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry of the driver process. The server starts it; see {@link io.decant.offload.protocol}. */
public final class DriverMain {

    private static final int DONE = 0;
    private static final int FAILED = 1;
    /** As long as Spark may take to end in order; the server waits for ten seconds. */
    private static final long END_MILLIS_MAX = 8_000;

    private DriverMain() {}

    /** Runs until the end of standard input. */
    public static void main(String[] args) {
        Answers answers = new Answers(new FileOutputStream(FileDescriptor.out));
        // Nobody else may write where answers go.
        System.setOut(System.err);
        Logger log = LoggerFactory.getLogger(DriverMain.class);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            log.error("thread {} failed; the driver exits", thread.getName(), e);
            Runtime.getRuntime().halt(FAILED);
        });
        System.exit(run(answers, log));
    }

    private static int run(Answers answers, Logger log) {
        // Halted, not ended in order: what has ended by itself has nothing left to order, and this is called by a
        // thread of Spark's.
        Runnable lost = () -> Runtime.getRuntime().halt(FAILED);
        try (BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                Driver driver = new Driver(answers, SparkJars.folder(), lost)) {
            driver.run(requests);
            haltLater(log);
            return DONE;
        } catch (IOException | DriverException e) {
            log.error("the driver failed and exits", e);
            return FAILED;
        }
    }

    /** Spark may wait for a cluster that does not answer; a driver without a server must not. */
    private static void haltLater(Logger log) {
        Thread main = Thread.currentThread();
        Thread watch = new Thread(
                () -> {
                    try {
                        main.join(END_MILLIS_MAX);
                        log.warn("Spark did not stop in time; the driver exits without it");
                        Runtime.getRuntime().halt(FAILED);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "decant-end");
        watch.setDaemon(true);
        watch.start();
    }
}
