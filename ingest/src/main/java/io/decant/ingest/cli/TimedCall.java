package io.decant.ingest.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits no longer than it wants to for what cannot be hurried: Hadoop's clients, which try for minutes. */
final class TimedCall {

    private TimedCall() {}

    /**
     * Calls it in a thread of its own, which is interrupted and left behind where it does not come back in time.
     *
     * @throws IOException what it threw, as one line; or that it did not answer
     */
    static <T> T call(String name, int secondsMax, Callable<T> call) throws IOException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(secondsMax, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new IOException("no answer within " + secondsMax + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            throw new IOException(said.lines().findFirst().orElse(""), cause);
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
