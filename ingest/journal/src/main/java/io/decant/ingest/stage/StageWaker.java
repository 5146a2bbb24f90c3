package io.decant.ingest.stage;

/**
 * Wakes one stage. Code that makes work for a stage holds the stage's waker instead of the stage. The thread that runs
 * the stage sets how it is woken. Any thread may wake. Before the stage runs, waking does nothing.
 */
public final class StageWaker implements Runnable {

    private volatile Runnable runner = () -> {};

    /** Has the stage woken like this from now on; {@code newRunner} may be run by any thread, and must not wait. */
    public void wakeBy(Runnable newRunner) {
        runner = newRunner;
    }

    /** Wakes the stage. */
    public void wake() {
        runner.run();
    }

    /** The same: wakes the stage. */
    @Override
    public void run() {
        wake();
    }
}
