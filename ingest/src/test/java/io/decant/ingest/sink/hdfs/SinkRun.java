package io.decant.ingest.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.sink.Progress;
import io.decant.offload.files.BatchFiles;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** A sink in one thread, clock included: its steps are done when they are begun. */
final class SinkRun implements AutoCloseable {

    private static final int TRIES_MAX = 100;

    final HdfsSink sink;
    final Letters letters = new Letters();
    private long nowNanos;

    SinkRun(HdfsSinkSettings settings, BatchFiles files) {
        this(settings, () -> files);
    }

    SinkRun(HdfsSinkSettings settings, BatchFiles.Connector connector) {
        this(settings, connector, new AtOnce());
    }

    SinkRun(HdfsSinkSettings settings, BatchFiles.Connector connector, ExecutorService thread) {
        sink = new HdfsSink(
                FileBatch.SINK,
                settings,
                FileBatch.SERVER,
                FileBatch.JOURNAL,
                connector,
                thread,
                new Random(7),
                InstantSource.fixed(Instant.EPOCH),
                () -> {});
    }

    void begin(FileBatch batch) {
        begin(batch.open());
    }

    void begin(OpenBatch batch) {
        sink.begin(batch, Progress.START, letters);
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

    /** A box with room for everything, that the test syncs. */
    static final class Letters implements DeadLetterBox {
        final List<DeadLetter> taken = new ArrayList<>();
        private long synced;

        @Override
        public boolean offer(DeadLetter letter) {
            taken.add(letter);
            return true;
        }

        @Override
        public long offered() {
            return taken.size();
        }

        @Override
        public long synced() {
            return synced;
        }

        void sync() {
            synced = taken.size();
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
