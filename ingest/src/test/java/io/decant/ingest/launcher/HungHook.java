package io.decant.ingest.launcher;

import io.decant.ingest.cli.Main;
import java.util.concurrent.CountDownLatch;

/** Decant, in a JVM with a shutdown hook that never ends, as an agent's may. */
public final class HungHook {

    private HungHook() {}

    /** Runs a command. */
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Main.main(args);
    }
}
