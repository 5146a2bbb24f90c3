package io.decant.ingest.simulation;

import io.decant.bucketer.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Seeds one after the other, each on one of some threads: no run knows of another. Ends at the first that fails. */
final class SeedRange {

    private static final String COMMAND = "mvn test -pl ingest -am -Dtest=PipelineSimulationTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Ddecant.seed=";

    private final long first;
    private final long seeds;
    private final int threads;
    private final AtomicLong next = new AtomicLong();
    private final AtomicReference<AssertionError> failure = new AtomicReference<>();
    private final SimulationTotals totals = new SimulationTotals();

    SeedRange(long first, long seeds, int threads) {
        this.first = first;
        this.seeds = seeds;
        this.threads = threads;
    }

    /** @throws AssertionError of a seed that failed, with the command that runs it again */
    SimulationTotals run() throws InterruptedException {
        long allocated = Memory.allocatedBytes();
        long begun = System.nanoTime();
        CountDownLatch ended = new CountDownLatch(threads);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(new Thread(() -> work(ended), "simulation-" + i));
        }
        workers.forEach(Thread::start);
        while (!ended.await(1, TimeUnit.MINUTES)) {
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "simulation: %d of %d seeds from %d on, %.1f a second, about %.0f minutes left%n",
                    totals.seeds(),
                    seeds,
                    first,
                    totals.seeds() / seconds,
                    (seeds - totals.seeds()) * seconds / Math.max(1, totals.seeds()) / 60);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        requireFreed(allocated, "some of the seeds");
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(Locale.ROOT, "simulation: %s; %.1f seeds a second%n", totals, totals.seeds() / seconds);
        return totals;
    }

    private void work(CountDownLatch ended) {
        try {
            for (long i = next.getAndIncrement(); i < seeds && failure.get() == null; i = next.getAndIncrement()) {
                run(first + i);
            }
        } finally {
            ended.countDown();
        }
    }

    private void run(long seed) {
        long allocated = Memory.allocatedBytes();
        try {
            totals.add(new Simulation(seed).run());
            if (threads == 1) {
                requireFreed(allocated, "seed " + seed);
            }
        } catch (Throwable e) {
            AssertionError told =
                    new AssertionError("seed " + seed + " fails (run it again: " + COMMAND + seed + "): " + e, e);
            if (failure.compareAndSet(null, told)) {
                System.out.println("simulation: " + told.getMessage());
            }
        }
    }

    /** What others allocate on other threads is counted, too: several at a time are asked in the end only. */
    private static void requireFreed(long before, String by) {
        if (Memory.allocatedBytes() != before) {
            throw new AssertionError(Memory.allocatedBytes() - before + " bytes of native memory are left by " + by);
        }
    }
}
