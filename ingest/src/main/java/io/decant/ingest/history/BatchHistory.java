package io.decant.ingest.history;

import io.decant.ingest.history.BatchView.Split;
import io.decant.ingest.history.SinkTrack.Completion;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The last batches, and the events of each. Told by the stages, a few times for each batch; thread-safe, and locked for
 * moments.
 *
 * <p><b>Once.</b> {@code batch-submitted} is told when the batch's cut is synced, {@code batch-completed} when the mark
 * is synced which says that the sink has the batch. So a crash after the event does not bring it a second time. What a
 * crash before the event leaves out, a {@code gap} says: up to which batch each sink had everything when the process
 * began. {@code batch-started} and {@code batch-failed} come again when the batch is begun again after a restart.
 *
 * <p><b>Memory.</b> {@value #KEPT_MAX} batches, and those that sinks are at, one each at the most. The oldest that all
 * sinks have goes first, as long as there are more than {@value #COMPLETED_MIN} of these; else the oldest that waits.
 * Of {@value #SUBMISSIONS_MAX} batches it is known when they were cut.
 */
public final class BatchHistory {

    /** Batches that are kept, whatever they wait for. */
    static final int KEPT_MAX = 200;
    /** So many that all sinks have stay, if there were so many. */
    static final int COMPLETED_MIN = 100;
    /** Of so many batches it is known when they were cut, whether or not they are kept. */
    static final int SUBMISSIONS_MAX = 1 << 16;

    private final InstantSource clock;
    private final EventLog events;
    private final Map<String, SinkTrack> sinks = new LinkedHashMap<>();
    private final TreeMap<Long, BatchEntry> entries = new TreeMap<>();
    /** Batches whose cut is not synced; there are no more than entries that wait for a sync. */
    private final ArrayDeque<BatchEntry> unsynced = new ArrayDeque<>();

    private final long[] submittedMillis = new long[SUBMISSIONS_MAX];
    /** The first batch of this process, and the newest. */
    private long first = 1;

    private long newest;
    /** Whether any sink has a batch whole that is not told of. */
    private volatile boolean hasUntold;

    BatchHistory(InstantSource clock, EventLog events) {
        this.clock = clock;
        this.events = events;
    }

    /** The last batch that the journal has. Before all else. */
    public synchronized void begin(long lastBatch) {
        first = lastBatch + 1;
        newest = lastBatch;
        events.begin("", lastBatch);
    }

    /** A sink of the settings, and the last batch that it has whole. Before the first batch. */
    public synchronized void addSink(String name, long whole) {
        sinks.put(name, new SinkTrack(name, whole));
        events.begin(name, whole);
    }

    /** A batch was cut. It does not live before its cut is {@linkplain #synced synced}. */
    public void cut(BatchInfo batch) {
        cut(batch, false);
    }

    /**
     * The same of a batch that may be a replay.
     *
     * @param deadLetters whether its records are dead letters that are sent again
     */
    public synchronized void cut(BatchInfo batch, boolean deadLetters) {
        newest = batch.number();
        submittedMillis[(int) (newest % SUBMISSIONS_MAX)] = clock.millis();
        BatchEntry entry = entry(batch);
        if (deadLetters) {
            entry.deadLetters();
        }
        unsynced.add(entry);
    }

    /** The cut of a batch is synced. */
    public synchronized void synced(long number) {
        while (!unsynced.isEmpty() && unsynced.peek().info().number() <= number) {
            BatchEntry entry = unsynced.poll();
            EventData data = data(entry, null, OptionalLong.empty(), OptionalLong.empty());
            events.append(
                    "batch-submitted",
                    data.add("replay", false)
                            .add("error", (String) null)
                            .add("sinks", entry.sinks())
                            .add("deadLetters", entry.isOfDeadLetters())
                            .end(),
                    "",
                    entry.info().number());
        }
    }

    /** The records of the batch are dead letters that are sent again. */
    public synchronized void deadLetters(BatchInfo batch) {
        entry(batch).deadLetters();
    }

    /** The batch is large, and split on Spark. */
    public synchronized void offloaded(BatchInfo batch) {
        entry(batch).offload();
    }

    /** Whether it is known what the batch was split into. */
    public synchronized boolean isSplit(long number) {
        BatchEntry entry = entries.get(number);
        return entry != null && entry.split().isPresent();
    }

    /** What the batch was split into; whether nobody has said so before. */
    public synchronized boolean split(BatchInfo batch, Split into) {
        BatchEntry entry = entry(batch);
        boolean isNew = entry.split().isEmpty();
        if (isNew) {
            entry.split(into);
        }
        return isNew;
    }

    /** A sink begins to look at a batch, which may not be for it, and of which nothing else is known yet. */
    public synchronized void taken(String sink, long number) {
        sinks.get(sink).take(number, clock.millis());
    }

    /** A sink has begun with a batch; known already: nothing. */
    public synchronized void started(String sink, BatchInfo batch, Counts before) {
        SinkTrack track = sinks.get(sink);
        if (!track.start(batch.number())) {
            return;
        }
        BatchEntry entry = entry(batch);
        BatchEntry.Leg leg = entry.leg(sink);
        leg.start(track.takenMillis(batch.number()).orElseGet(clock::millis), before);
        tell("batch-started", data(entry, sink, leg.startedMillis(), OptionalLong.empty()), false, null);
    }

    /** The sink has so many buckets of the batch whole. */
    public synchronized void progress(String sink, long number, int buckets) {
        leg(sink, number).ifPresent(leg -> leg.progress(buckets));
    }

    /** What the sink has counted; what it did since it began with the batch that it is at is of that one. */
    public synchronized void count(String sink, Counts now) {
        leg(sink, sinks.get(sink).started()).ifPresent(leg -> leg.count(now));
    }

    /** Something failed, and is tried again. */
    public synchronized void trouble(String sink, long number, String error) {
        leg(sink, number).ifPresent(leg -> leg.trouble(error));
    }

    /** A sink has a batch whole, or it was not for it. It is told of when {@link #tell} finds it settled. */
    public synchronized void passed(String sink, long number, Counts now) {
        SinkTrack track = sinks.get(sink);
        BatchEntry entry = entries.get(number);
        track.pass(number);
        if (entry == null || entry.leg(sink) == null) {
            return;
        }
        BatchEntry.Leg leg = entry.leg(sink);
        if (!track.hasStarted(number)) {
            leg.passed();
        } else {
            leg.progress(entry.split().map(Split::buckets).orElse(0));
            leg.complete(clock.millis(), now);
            track.tookAsLongAs(Delays.of(entry.submittedMillis(), leg.startedMillis(), leg.completedMillis()));
            EventData data = data(entry, sink, leg.startedMillis(), leg.completedMillis());
            await(track, new Completion(number, ended(data, false, null)));
        }
    }

    private void await(SinkTrack track, Completion completion) {
        track.untold().add(completion);
        if (track.untold().size() > SinkTrack.UNTOLD_MAX) {
            // A disk without room for marks, and small batches.
            events.missed(track.name(), track.untold().remove().batch());
        }
        hasUntold = true;
    }

    /**
     * Tells of batches which sinks have whole for ever. Any thread, after each sync; costs a look where there are none.
     *
     * @param settled the last batch of a sink that no restart comes back to
     */
    public void tell(ToLongFunction<String> settled) {
        if (!hasUntold) {
            return;
        }
        synchronized (this) {
            boolean left = false;
            for (SinkTrack track : sinks.values()) {
                if (!track.untold().isEmpty()) {
                    tell(track, settled.applyAsLong(track.name()));
                    left |= !track.untold().isEmpty();
                }
            }
            hasUntold = left;
        }
    }

    private void tell(SinkTrack track, long settled) {
        while (!track.untold().isEmpty() && track.untold().peek().batch() <= settled) {
            Completion completion = track.untold().remove();
            events.append("batch-completed", completion.data(), track.name(), completion.batch());
        }
    }

    /** A sink stopped at a batch until the next start; its cut may not be known. */
    public synchronized void failed(String sink, long number, String error) {
        SinkTrack track = sinks.get(sink);
        BatchEntry entry = entries.get(number);
        if (entry == null || entry.leg(sink) == null) {
            BatchEntry unknown = new BatchEntry(new BatchInfo(number, 0, 0, 0, 0, List.of()), submitted(number));
            tell("batch-failed", data(unknown, sink, track.takenMillis(number), OptionalLong.empty()), false, error);
            return;
        }
        BatchEntry.Leg leg = entry.leg(sink);
        leg.fail(error);
        OptionalLong started = leg.startedMillis().isPresent() ? leg.startedMillis() : track.takenMillis(number);
        tell("batch-failed", data(entry, sink, started, OptionalLong.empty()), false, error);
    }

    /** A sink gets a batch once more, since an operator has asked for it; it is among no others. */
    public synchronized void replayStarted(String sink, BatchInfo batch) {
        sinks.get(sink).take(batch.number(), clock.millis());
        BatchEntry again = new BatchEntry(batch, OptionalLong.empty());
        OptionalLong started = sinks.get(sink).takenMillis(batch.number());
        tell("batch-started", data(again, sink, started, OptionalLong.empty()), true, null);
    }

    /** It has it whole once more. */
    public synchronized void replayCompleted(String sink, BatchInfo batch) {
        OptionalLong started = sinks.get(sink).takenMillis(batch.number());
        OptionalLong now = OptionalLong.of(clock.millis());
        BatchEntry again = new BatchEntry(batch, OptionalLong.empty());
        tell("batch-completed", data(again, sink, started, now), true, null);
    }

    private void tell(String name, EventData data, boolean replay, String error) {
        events.append(name, ended(data, replay, error));
    }

    private static String ended(EventData data, boolean replay, String error) {
        return data.add("replay", replay).add("error", error).end();
    }

    private static EventData data(BatchEntry entry, String sink, OptionalLong started, OptionalLong completed) {
        BatchInfo batch = entry.info();
        boolean isKnown = batch.records() > 0;
        OptionalLong submitted = entry.submittedMillis();
        return new EventData()
                .add("number", batch.number())
                .add("sink", sink)
                .add("window", isKnown ? entry.window() : null)
                .add("records", isKnown ? (Long) batch.records() : null)
                .add("bytes", isKnown ? (Long) batch.bytes() : null)
                .add(
                        "buckets",
                        entry.split().map(split -> (long) split.buckets()).orElse(null))
                .add("submittedAt", orNull(submitted))
                .add("startedAt", orNull(started))
                .add("completedAt", orNull(completed))
                .add("schedulingDelay", orNull(BatchView.delay(submitted, started)))
                .add("processingDelay", orNull(BatchView.delay(started, completed)))
                .add("totalDelay", orNull(BatchView.delay(submitted, completed)));
    }

    private static Long orNull(OptionalLong value) {
        return value.isPresent() ? (Long) value.getAsLong() : null;
    }

    /** That of a batch, which is kept from now on if it was not. */
    private BatchEntry entry(BatchInfo batch) {
        BatchEntry kept = entries.get(batch.number());
        if (kept != null) {
            return kept;
        }
        trim();
        BatchEntry entry = new BatchEntry(batch, submitted(batch.number()));
        for (SinkTrack sink : sinks.values()) {
            if (batch.sinks().contains(sink.name())) {
                BatchEntry.Leg leg = entry.addSink(sink.name());
                if (sink.whole() >= batch.number()) {
                    leg.passed();
                }
            }
        }
        entries.put(batch.number(), entry);
        return entry;
    }

    private OptionalLong submitted(long number) {
        return number >= first && number <= newest && number > newest - SUBMISSIONS_MAX
                ? OptionalLong.of(submittedMillis[(int) (number % SUBMISSIONS_MAX)])
                : OptionalLong.empty();
    }

    private Optional<BatchEntry.Leg> leg(String sink, long number) {
        return Optional.ofNullable(entries.get(number)).map(entry -> entry.leg(sink));
    }

    /** A batch that a sink is at stays, however far behind it is. */
    private void trim() {
        while (entries.size() > KEPT_MAX + sinks.size()) {
            long completed =
                    entries.values().stream().filter(BatchEntry::isDelivered).count();
            Predicate<BatchEntry> which = completed > COMPLETED_MIN
                    ? BatchEntry::isDelivered
                    : entry -> !entry.isDelivered() && !entry.isBegun();
            entries.remove(entries.values().stream()
                    .filter(which)
                    .findFirst()
                    .orElseThrow()
                    .info()
                    .number());
        }
    }

    /** The longest delays of batches that each sink has got whole since this was asked. */
    synchronized Map<String, Delays> takeDelays() {
        Map<String, Delays> delays = new LinkedHashMap<>();
        sinks.forEach((name, track) -> delays.put(name, track.takeDelays()));
        return delays;
    }

    /** Number of the newest batch. */
    public synchronized long newest() {
        return newest;
    }

    /** Batches that not every sink has. */
    public synchronized long undelivered() {
        return newest
                - sinks.values().stream().mapToLong(SinkTrack::whole).min().orElse(newest);
    }

    /** Those that are kept, by number. */
    public synchronized List<BatchView> all() {
        return entries.values().stream().map(BatchEntry::view).toList();
    }

    /** The newest of those that are kept, newest first. */
    public synchronized List<BatchView> newest(int most) {
        return entries.descendingMap().values().stream()
                .limit(most)
                .map(BatchEntry::view)
                .toList();
    }

    /** Empty where it is not kept. */
    public synchronized Optional<BatchView> batch(long number) {
        return Optional.ofNullable(entries.get(number)).map(BatchEntry::view);
    }

    /** How many batches are kept. */
    synchronized int size() {
        return entries.size();
    }

    /** Of how many others something is to be told. */
    synchronized int untold() {
        return unsynced.size()
                + sinks.values().stream().mapToInt(sink -> sink.untold().size()).sum();
    }
}
