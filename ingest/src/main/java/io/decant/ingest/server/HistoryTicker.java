package io.decant.ingest.server;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.history.Counts;
import io.decant.ingest.history.History;
import io.decant.ingest.history.Sample;
import io.decant.ingest.history.Sample.SinkSample;
import io.decant.ingest.history.Sample.SourceSample;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the history look at the server once a second, on a thread of its own. */
final class HistoryTicker implements AutoCloseable {

    /** Sooner than a second: what comes early is left to the next. */
    private static final long EVERY_MILLIS = 250;

    private static final long LOOK_SECONDS_MAX = 5;

    private static final Set<String> WORKING = Set.of("idle", "splitting", "delivering");

    private static final Logger log = LoggerFactory.getLogger(HistoryTicker.class);

    private final History history;
    private final Supplier<ServerStatus> status;
    private final Supplier<Map<String, Counts>> counts;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("decant-history", true));

    /** @param counts of each sink, by name */
    HistoryTicker(
            History history,
            Supplier<ServerStatus> status,
            Supplier<Map<String, Counts>> counts,
            LongSupplier nanoTime) {
        this.history = history;
        this.status = status;
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    HistoryTicker start() {
        var unused = thread.scheduleWithFixedDelay(this::tick, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return this;
    }

    /** What is not looked at now is next time; a failure here is nobody else's. */
    private void tick() {
        try {
            long now = nanoTime.getAsLong();
            if (history.isDue(now)) {
                history.look(now, sample(status.get(), counts.get()));
            }
        } catch (RuntimeException e) {
            log.warn("the history of the last minutes lacks a second", e);
        }
    }

    static Sample sample(ServerStatus now, Map<String, Counts> counts) {
        Map<String, SourceSample> sources = new LinkedHashMap<>();
        now.sources().forEach((name, source) -> sources.put(name, sample(source)));
        Map<String, SinkSample> sinks = new LinkedHashMap<>();
        now.sinks().forEach((name, sink) -> sinks.put(name, sample(sink, counts.getOrDefault(name, Counts.NONE))));
        return new Sample(
                now.sources().values().stream()
                        .mapToLong(ServerStatus.Source::bytes)
                        .sum(),
                now.journal().backlogBytes(),
                deadLetters(now),
                sources,
                sinks);
    }

    private static SourceSample sample(ServerStatus.Source source) {
        String state = source.reading()
                .map(ServerStatus.Reading::state)
                .orElse(source.address().isEmpty() ? "closed" : "listening");
        String error = source.reading().map(ServerStatus.Reading::lastError).orElse("");
        return new SourceSample(source.records(), state, source.paused(), error);
    }

    private static SinkSample sample(ServerStatus.Sink sink, Counts counts) {
        return new SinkSample(
                sink.records(),
                Math.round(sink.lagSeconds() * 1e3),
                sink.batch(),
                sink.state(),
                WORKING.contains(sink.state()),
                sink.lastError(),
                counts);
    }

    private static long deadLetters(ServerStatus now) {
        long ofSinks = now.sinks().values().stream()
                .flatMap(sink -> sink.deadLetters().values().stream())
                .mapToLong(Long::longValue)
                .sum();
        return ofSinks
                + now.deadLetters().ofNoSink().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** Waits for a look that is under way: afterwards there may be nothing to look at. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LOOK_SECONDS_MAX, TimeUnit.SECONDS)) {
                log.warn("a look at the server takes longer than {} s", LOOK_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
