package io.decant.loadtest.peer;

import io.decant.loadtest.load.LoadException;
import java.util.concurrent.Callable;

/** A thread that sends until it is told to stop, or fails. */
final class Sender implements AutoCloseable {

    private static final long END_MILLIS_MAX = 60_000;

    private final Thread thread;
    private volatile boolean stopped;
    private volatile Exception failure;

    /** @param turn called again and again, until it throws */
    Sender(String name, Callable<?> turn) {
        this.thread = new Thread(
                () -> {
                    try {
                        while (!stopped) {
                            turn.call();
                        }
                    } catch (Exception e) {
                        failure = e;
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    void requireRunning() {
        if (failure != null) {
            throw new LoadException(thread.getName() + ": " + failure, failure);
        }
    }

    /** Ends it; a turn that waits for a peer is interrupted. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(END_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
