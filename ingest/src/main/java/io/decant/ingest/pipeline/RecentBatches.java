package io.decant.ingest.pipeline;

import io.decant.bucketer.HotKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.console.RecordPreview;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last batches, as {@code /status} shows them and the log tells them. Thread-safe; touched a few times for each
 * batch.
 */
public final class RecentBatches {

    /** How many are kept; the oldest goes first. */
    static final int KEPT = 20;
    /** A batch with more buckets than this has a key hot enough to be named in the log. */
    private static final int MANY_BUCKETS = 1000;
    /** Bytes of a hot key's record that are shown. */
    private static final int SHOWN_BYTES = 80;

    private static final String MEMORY = "memory";
    private static final String SPARK = "spark";

    private static final Logger log = LoggerFactory.getLogger(RecentBatches.class);

    /** How far a batch is. */
    public enum State {
        CUT,
        /** Spark splits it. */
        OFFLOADED,
        DELIVERING,
        DELIVERED
    }

    /**
     * Of several keys the most frequent of one.
     *
     * @param name of the key in the settings
     * @param record one that has it, shortened
     * @param count how many records have it
     */
    public record HottestKey(String name, String record, long count) {}

    /**
     * A batch as people see it.
     *
     * @param buckets 0 as long as it is not split
     * @param where it is split
     * @param hottest the record that makes it so many buckets, shortened; empty where the batch has one bucket
     * @param hottestCount how often that one's key occurs
     * @param hottestByName of several keys the most frequent of each that occurs more than once
     */
    public record Seen(
            long number,
            long windowStartMillis,
            long windowEndMillis,
            long records,
            long bytes,
            int buckets,
            String where,
            State state,
            String hottest,
            long hottestCount,
            List<HottestKey> hottestByName) {

        private Seen offloaded() {
            return new Seen(
                    number,
                    windowStartMillis,
                    windowEndMillis,
                    records,
                    bytes,
                    buckets,
                    SPARK,
                    State.OFFLOADED,
                    hottest,
                    hottestCount,
                    hottestByName);
        }

        private Seen with(State next) {
            return new Seen(
                    number,
                    windowStartMillis,
                    windowEndMillis,
                    records,
                    bytes,
                    buckets,
                    where,
                    next,
                    hottest,
                    hottestCount,
                    hottestByName);
        }
    }

    private final TreeMap<Long, Seen> batches = new TreeMap<>();
    private final TreeMap<Long, Set<String>> pending = new TreeMap<>();

    synchronized void cut(Cut cut) {
        put(seen(cut));
        Set<String> sinks = new TreeSet<>();
        for (SinkShape sink : cut.shape().sinks()) {
            sinks.add(sink.name());
        }
        pending.put(cut.batch(), sinks);
    }

    /** The batch is large, and split on Spark. */
    synchronized void offloaded(Cut cut) {
        Seen seen = batches.getOrDefault(cut.batch(), seen(cut));
        if (seen.state() == State.CUT) {
            put(seen.offloaded());
        }
    }

    private static Seen seen(Cut cut) {
        return new Seen(
                cut.batch(),
                cut.windowStartMillis(),
                cut.windowEndMillis(),
                cut.records(),
                cut.bytes(),
                0,
                MEMORY,
                State.CUT,
                "",
                0,
                List.of());
    }

    /** A sink begins with the batch; the first one to do so finds out how many buckets it has. */
    synchronized void loaded(OpenBatch batch) {
        Cut cut = batch.cut();
        Seen before = batches.getOrDefault(cut.batch(), seen(cut));
        if (before.state() != State.CUT && before.state() != State.OFFLOADED) {
            return;
        }
        int buckets = batch.buckets().buckets();
        Optional<HotKey> hottest = buckets > 1 ? batch.buckets().hottest() : Optional.empty();
        String shown = hottest.map(key -> RecordPreview.of(key.address(), key.length(), SHOWN_BYTES))
                .orElse("");
        long count = hottest.map(HotKey::count).orElse(0L);
        List<HottestKey> byName = batch.buckets().hottestByName().stream()
                .map(key -> new HottestKey(
                        key.name(), RecordPreview.of(key.address(), key.length(), SHOWN_BYTES), key.count()))
                .toList();
        put(new Seen(
                cut.batch(),
                cut.windowStartMillis(),
                cut.windowEndMillis(),
                cut.records(),
                cut.bytes(),
                buckets,
                before.where(),
                State.DELIVERING,
                shown,
                count,
                byName));
        if (buckets > MANY_BUCKETS) {
            log.warn(
                    "batch {}: {} records in {} buckets, since '{}' occurs {} times",
                    cut.batch(),
                    cut.records(),
                    buckets,
                    shown,
                    count);
            byName.forEach(key -> log.warn(
                    "batch {}: of key {}, the one of '{}' occurs {} times",
                    cut.batch(),
                    key.name(),
                    key.record(),
                    key.count()));
        } else {
            log.debug("batch {}: {} records in {} buckets", cut.batch(), cut.records(), buckets);
        }
    }

    synchronized void delivered(long number, String sink) {
        Set<String> sinks = pending.get(number);
        if (sinks != null) {
            sinks.remove(sink);
            if (!sinks.isEmpty()) {
                return;
            }
            pending.remove(number);
        }
        Seen seen = batches.get(number);
        if (seen != null) {
            batches.put(number, seen.with(State.DELIVERED));
        }
    }

    private void put(Seen seen) {
        batches.put(seen.number(), seen);
        while (batches.size() > KEPT) {
            // A batch far behind, which a slow sink has reached only now, must not push out newer ones.
            Iterator<Long> oldest = batches.keySet().iterator();
            pending.remove(oldest.next());
            oldest.remove();
        }
    }

    /** Newest first. */
    public synchronized List<Seen> newestFirst() {
        return new ArrayList<>(batches.descendingMap().values());
    }
}
