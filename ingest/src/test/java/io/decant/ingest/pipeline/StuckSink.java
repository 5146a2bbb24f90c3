package io.decant.ingest.pipeline;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkStatus;

/** A sink that never delivers anything, so that everything stays in the journal. */
record StuckSink(String name) implements Sink {

    @Override
    public void begin(OpenBatch batch, Progress from, DeadLetterBox letters) {}

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
        throw new UnsupportedOperationException("nobody looks");
    }

    @Override
    public void close() {}
}
