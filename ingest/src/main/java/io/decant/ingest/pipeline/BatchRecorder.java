package io.decant.ingest.pipeline;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.HotKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.history.BatchHistory;
import io.decant.ingest.history.BatchInfo;
import io.decant.ingest.history.BatchView.HottestKey;
import io.decant.ingest.history.BatchView.Split;
import io.decant.ingest.history.BucketPicture;
import io.decant.ingest.history.Counts;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkStatus;
import io.decant.offload.console.RecordPreview;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the history what becomes of batches, and the log which have many buckets. Any thread; a few times for each
 * batch.
 */
final class BatchRecorder {

    /** A batch with more buckets than this has a key hot enough to be named in the log. */
    private static final int MANY_BUCKETS = 1000;
    /** Bytes of a hot key's record that are shown. */
    private static final int SHOWN_BYTES = 80;

    private static final Logger log = LoggerFactory.getLogger(BatchRecorder.class);

    private final BatchHistory history;
    private final DurableProgress settled;

    BatchRecorder(BatchHistory history, DurableProgress settled) {
        this.history = history;
        this.settled = settled;
    }

    private static BatchInfo info(Cut cut) {
        return new BatchInfo(
                cut.batch(),
                cut.windowStartMillis(),
                cut.windowEndMillis(),
                cut.records(),
                cut.bytes(),
                cut.shape().sinks().stream().map(SinkShape::name).toList());
    }

    /** @param deadLetters whether its records are dead letters that are sent again */
    void cut(Cut cut, boolean deadLetters) {
        history.cut(info(cut), deadLetters);
    }

    /** The cut of a batch is synced: it lives. */
    void synced(long number) {
        history.synced(number);
    }

    /** The batch is large, and split on Spark. */
    void offloaded(Cut cut) {
        history.offloaded(info(cut));
    }

    /** A lane looks at a batch; again: nothing. */
    void taken(Sink sink, long number) {
        history.taken(sink.name(), number);
    }

    /** Spark splits the batch, or may; the sink has begun with it if it is for it. */
    void awaited(Sink sink, Cut cut) {
        if (cut.shape().sink(sink.name()) != null) {
            history.started(sink.name(), info(cut), counts(sink));
        }
    }

    /** A sink has the batch open; the first one to do so finds out how many buckets it has. */
    void opened(Sink sink, OpenBatch batch) {
        Cut cut = batch.cut();
        if (!history.isSplit(cut.batch())) {
            Split into = split(batch.buckets());
            if (history.split(info(cut), into)) {
                tell(cut, into);
            }
        }
        if (batch.replay()) {
            history.deadLetters(info(cut));
        }
        awaited(sink, cut);
    }

    private static Split split(Buckets buckets) {
        int count = buckets.buckets();
        Optional<HotKey> hottest = count > 1 ? buckets.hottest() : Optional.empty();
        return new Split(
                count,
                BucketPicture.of(count, buckets::records),
                hottest.map(key -> RecordPreview.of(key.address(), key.length(), SHOWN_BYTES))
                        .orElse(""),
                hottest.map(HotKey::count).orElse(0L),
                byName(buckets));
    }

    private static List<HottestKey> byName(Buckets buckets) {
        return buckets.hottestByName().stream()
                .map(key -> new HottestKey(
                        key.name(), RecordPreview.of(key.address(), key.length(), SHOWN_BYTES), key.count()))
                .toList();
    }

    private static void tell(Cut cut, Split into) {
        if (into.buckets() <= MANY_BUCKETS) {
            log.debug("batch {}: {} records in {} buckets", cut.batch(), cut.records(), into.buckets());
            return;
        }
        log.warn(
                "batch {}: {} records in {} buckets, since '{}' occurs {} times",
                cut.batch(),
                cut.records(),
                into.buckets(),
                into.hottest(),
                into.hottestCount());
        into.hottestByName()
                .forEach(key -> log.warn(
                        "batch {}: of key {}, the one of '{}' occurs {} times",
                        cut.batch(),
                        key.name(),
                        key.record(),
                        key.count()));
    }

    void progress(Sink sink, long number, int buckets) {
        history.progress(sink.name(), number, buckets);
    }

    /** Something failed at the batch, and is tried again. */
    void trouble(Sink sink, long number, String error) {
        history.trouble(sink.name(), number, error);
    }

    /** A sink has the batch whole, or it was not for it; the mark that says so is on its way. */
    void passed(Sink sink, long number) {
        history.passed(sink.name(), number, counts(sink));
        // The mark may be synced by now.
        look();
    }

    /** A sink stopped at the batch. */
    void failed(Sink sink, long number, String error) {
        history.failed(sink.name(), number, error);
    }

    void replayStarted(Sink sink, Cut cut) {
        history.replayStarted(sink.name(), info(cut));
    }

    void replayCompleted(Sink sink, Cut cut) {
        history.replayCompleted(sink.name(), info(cut));
    }

    /** Something was synced, or it is known of a mark where it ends. */
    void look() {
        history.tell(settled::of);
    }

    /** What a sink has counted since its start; any thread. */
    static Counts counts(Sink sink) {
        SinkStatus status = sink.status();
        return new Counts(sink.parts(), status.requests(), status.retries());
    }
}
