package io.decant.loadtest.cases;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that an assignment takes beside the one that asks for it, and the processor time of all. On a shared machine
 * that says more than the clock does: who else runs costs caches, and not turns. Owned by one thread.
 */
final class AssignThreads implements AutoCloseable {

    private final ThreadMXBean times = ManagementFactory.getThreadMXBean();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ExecutorService executor;

    /** @param count of all threads, the one that asks among them */
    AssignThreads(int count) {
        executor = Executors.newFixedThreadPool(count - 1, task -> {
            Thread thread = new Thread(task, "assign");
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
    }

    ExecutorService executor() {
        return executor;
    }

    /** Nanoseconds of processor time that the calling thread and these have had so far. */
    long processorNanos() {
        long nanos = times.getThreadCpuTime(Thread.currentThread().getId());
        for (Thread thread : threads) {
            nanos += Math.max(0, times.getThreadCpuTime(thread.getId()));
        }
        return nanos;
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
