package io.decant.ingest.server;

import io.decant.ingest.stage.Stage;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** A thread for each stage of a pipeline. Made, started and closed by one thread; the rest is for any. */
final class StageThreads implements AutoCloseable {

    private final IdentityHashMap<Stage, StageThread> threads = new IdentityHashMap<>();

    /** @param failed told when a stage throws, on the thread that ends with it */
    StageThreads(List<Stage> stages, LongSupplier nanoTime, BiConsumer<Stage, Throwable> failed) {
        this(stages, nanoTime, failed, StageThread.Parking.OF_THE_JVM);
    }

    StageThreads(
            List<Stage> stages,
            LongSupplier nanoTime,
            BiConsumer<Stage, Throwable> failed,
            StageThread.Parking parking) {
        for (Stage stage : stages) {
            threads.put(stage, new StageThread(stage, nanoTime, failed, parking));
        }
    }

    /**
     * Has the thread of {@code leader} take the turns of {@code follower} that come one at a time. Before the start.
     */
    void pair(Stage leader, Stage follower) {
        threads.get(leader).followedBy(threads.get(follower));
    }

    void start() {
        threads.values().forEach(StageThread::start);
    }

    /** Has every stage end after what it is doing now; returns immediately. */
    void stop() {
        threads.values().forEach(StageThread::stop);
    }

    /**
     * Names of the stages that are in one and the same turn for longer than {@code limit}: they neither move nor are
     * idle.
     */
    List<String> stalled(Duration limit) {
        return threads.values().stream()
                .filter(thread -> !thread.stage().waitsForOthers() && !thread.isLively(limit.toNanos()))
                .map(thread -> thread.stage().name())
                .sorted()
                .toList();
    }

    /**
     * Stops every stage and waits until its thread has ended, however long that takes and in spite of interrupts: what
     * the stages work on is unmapped after this.
     */
    @Override
    public void close() {
        stop();
        boolean interrupted = false;
        for (StageThread thread : threads.values()) {
            interrupted |= thread.joinUninterruptibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
