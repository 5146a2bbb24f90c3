package io.decant.ingest.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.sink.Progress;
import io.decant.offload.files.BatchFiles;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** A sink in one thread, clock included: its steps are done when they are begun. */
final class SinkRun implements AutoCloseable {

    private static final int TRIES_MAX = 100;

    final HdfsSink sink;
    private long nowNanos;

    SinkRun(HdfsSinkSettings settings, BatchFiles files) {
        this(settings, () -> files);
    }

    SinkRun(HdfsSinkSettings settings, BatchFiles.Connector connector) {
        sink = new HdfsSink(
                FileBatch.SINK,
                settings,
                FileBatch.SERVER,
                FileBatch.JOURNAL,
                connector,
                new AtOnce(),
                new Random(7),
                InstantSource.fixed(Instant.EPOCH),
                () -> {});
    }

    void begin(FileBatch batch) {
        sink.begin(batch.open(), Progress.START, new NoLetters());
    }

    /** Once around, at a time when the sink wants to be called. */
    void work() {
        long wake = sink.wakeAtNanos();
        nowNanos = wake == Long.MAX_VALUE ? nowNanos : Math.max(nowNanos, wake);
        sink.work(nowNanos);
    }

    void deliver(FileBatch batch) {
        begin(batch);
        finish();
        sink.abandon();
    }

    void finish() {
        for (int tries = 0; !sink.delivered(); tries++) {
            assertThat(tries).as("tries; %s", sink.status()).isLessThan(TRIES_MAX);
            work();
        }
    }

    @Override
    public void close() {
        sink.close();
    }

    /** These batches have records that every format carries. */
    private static final class NoLetters implements DeadLetterBox {
        @Override
        public boolean offer(DeadLetter letter) {
            throw new AssertionError(letter);
        }

        @Override
        public long offered() {
            return 0;
        }

        @Override
        public long synced() {
            return 0;
        }
    }

    private static final class AtOnce extends AbstractExecutorService {
        private boolean shutdown;

        @Override
        public void execute(Runnable task) {
            assertThat(shutdown).isFalse();
            task.run();
        }

        @Override
        public void shutdown() {
            shutdown = true;
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown = true;
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public boolean isTerminated() {
            return shutdown;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return shutdown;
        }
    }
}
