package io.decant.ingest.sink.hdfs;

import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.CheckedFiles;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;

/**
 * Does a sink's steps one after the other, on a thread that may block, with a connection that is made when the first
 * step needs it.
 */
final class IoThread {

    private final BatchFiles.Connector connector;
    private final ExecutorService thread;
    private final Runnable wakeUp;
    /** That thread's. */
    private BatchFiles files;

    /** What a step does. */
    interface Work<T> {
        T on(BatchFiles files) throws IOException;
    }

    /** @param wakeUp run on the thread whenever a step has ended */
    IoThread(BatchFiles.Connector connector, ExecutorService thread, Runnable wakeUp) {
        this.connector = connector;
        this.thread = thread;
        this.wakeUp = wakeUp;
    }

    /** Does a step behind those that were begun before; to be looked at, or cancelled. */
    <T> FutureTask<T> begin(Work<T> work) {
        FutureTask<T> step = new FutureTask<>(() -> work.on(files())) {
            @Override
            protected void done() {
                wakeUp.run();
            }
        };
        thread.execute(step);
        return step;
    }

    /** Does something behind the steps that were begun before. */
    void afterwards(Runnable task) {
        thread.execute(task);
    }

    /** The connection; for that thread. */
    BatchFiles files() throws IOException {
        if (files == null) {
            files = CheckedFiles.connect(connector);
        }
        return files;
    }

    /** Ends when the steps have; waits for nothing. */
    void close() {
        thread.execute(() -> {
            if (files != null) {
                files.close();
            }
        });
        thread.shutdown();
    }
}
