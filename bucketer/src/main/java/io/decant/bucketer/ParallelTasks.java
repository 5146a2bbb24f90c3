package io.decant.bucketer;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Runs numbered tasks on the calling thread and, as far as an executor provides them, on others. Which thread runs
 * which task is a matter of timing; tasks must not depend on it.
 *
 * <p>The calling thread works too and waits only for tasks that others have begun, so an executor that is saturated, or
 * that runs everything on this very thread, cannot make it hang. A helper that starts late finds nothing to do and
 * touches nothing.
 *
 * <p>Guarded by its own monitor; tasks are few and coarse.
 */
final class ParallelTasks {

    /** What one thread does; made on that thread, closed by it. */
    interface Worker extends AutoCloseable {
        void run(int task);

        /** Frees what the worker holds. */
        @Override
        default void close() {}
    }

    private final int tasks;
    private final Supplier<? extends Worker> workers;
    private int next;
    private int helping;
    private Throwable failure;

    private ParallelTasks(int tasks, Supplier<? extends Worker> workers) {
        this.tasks = tasks;
        this.workers = workers;
    }

    /**
     * Runs tasks 0 to {@code tasks} - 1, each once, and returns when no thread is at work any more. What they wrote is
     * then visible to the caller.
     *
     * <p>If one fails, tasks not yet begun are skipped and the failure is thrown. An interrupt is kept for the caller
     * and hastens nothing: memory cannot be freed under a helper.
     */
    static void run(int tasks, int threads, Executor executor, Supplier<? extends Worker> workers) {
        new ParallelTasks(tasks, workers).run(Math.min(threads, tasks) - 1, executor);
    }

    private void run(int helpers, Executor executor) {
        try {
            for (int i = 0; i < helpers; i++) {
                executor.execute(this::help);
            }
        } catch (RejectedExecutionException e) {
            // A pool that is full or closed: those who are here do the work.
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        work();
        awaitHelpers();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private void help() {
        synchronized (this) {
            if (next == tasks) {
                return;
            }
            helping++;
        }
        try {
            work();
        } finally {
            synchronized (this) {
                helping--;
                notifyAll();
            }
        }
    }

    private void work() {
        try (Worker worker = workers.get()) {
            for (int task = claim(); task >= 0; task = claim()) {
                worker.run(task);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized int claim() {
        return next < tasks ? next++ : -1;
    }

    private synchronized void fail(Throwable e) {
        next = tasks;
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    private synchronized void awaitHelpers() {
        boolean interrupted = false;
        while (helping > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
