package io.decant.ingest.sink;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Threads of a sink that take a step when a simulation says so. */
public final class SteppedExecutor extends AbstractExecutorService {

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final boolean endsTasks;
    private boolean ended;

    /** @param endsTasks whether what waits when it is shut down still runs, rather than never */
    public SteppedExecutor(boolean endsTasks) {
        this.endsTasks = endsTasks;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    public boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Runs the next task, if there is one. */
    public void work() {
        if (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Override
    public void shutdown() {
        ended = true;
        while (endsTasks && !tasks.isEmpty()) {
            work();
        }
        tasks.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left = List.copyOf(tasks);
        ended = true;
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return ended;
    }

    @Override
    public boolean isTerminated() {
        return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
