package io.decant.spark.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Writes the parts of a segment, some at a time: of a small one nearly all the time is spent waiting for namenode and
 * datanodes. Closed, no thread of it is at work any more, so the memory that they read may go.
 *
 * <p>Owned by one thread.
 */
final class PartWriters implements AutoCloseable {

    private static final int THREADS = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Future<PartOutput>> parts = new ArrayList<>();

    /** Has a part written. */
    void write(Callable<PartOutput> part) {
        parts.add(threads.submit(part));
    }

    /** Waits for all parts; the first failure of one is thrown. */
    List<PartOutput> finish() throws IOException {
        List<PartOutput> written = new ArrayList<>(parts.size());
        try {
            for (Future<PartOutput> part : parts) {
                written.add(part.get());
            }
            return written;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while parts were written", e);
        }
    }

    /** Gives up what is not written, and waits for those who are at it, however impatient the caller. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
