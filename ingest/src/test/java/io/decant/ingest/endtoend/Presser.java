package io.decant.ingest.endtoend;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Keeps a pressure up, in a thread of its own, until it is closed. */
final class Presser implements AutoCloseable {

    /**
     * After each step. Who presses shares the processors with the server and with those it is to serve: that a server
     * serves others does not mean that the machine has processors to spare.
     */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Pressure pressure;
    private final Thread thread = new Thread(this::run, "presser");
    private volatile boolean over;
    private volatile Throwable failure;

    Presser(Pressure pressure) {
        this.pressure = pressure;
        thread.start();
    }

    private void run() {
        try {
            while (!over) {
                pressure.goOn();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Throws where it could not go on. */
    void check() {
        if (failure != null) {
            throw new AssertionError("the server is pressed no more", failure);
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
        check();
    }
}
