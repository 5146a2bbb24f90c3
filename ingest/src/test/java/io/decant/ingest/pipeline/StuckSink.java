package io.decant.ingest.pipeline;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;

/**
 * A sink that never delivers anything, so that everything stays in the journal.
 *
 * @param atBegin run where it is given a batch
 */
record StuckSink(String name, Runnable atBegin) implements Sink {

    StuckSink(String name) {
        this(name, () -> {});
    }

    @Override
    public void begin(OpenBatch batch, Progress from, DeadLetterBox letters) {
        atBegin.run();
    }

    @Override
    public boolean work(long nowNanos) {
        return false;
    }

    @Override
    public Progress progress() {
        return Progress.START;
    }

    @Override
    public boolean delivered() {
        return false;
    }

    @Override
    public long wakeAtNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void abandon() {}

    @Override
    public SinkStatus status() {
        return new SinkStatus(SinkState.IDLE, "", 0, 0, 0, 0);
    }

    @Override
    public void close() {}
}
