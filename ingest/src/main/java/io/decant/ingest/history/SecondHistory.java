package io.decant.ingest.history;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A value a second of the last {@value #SECONDS} seconds, of all that a page draws as lines. What was counted between
 * two looks is spread over the seconds between them, and where the look came late they are several. Thread-safe.
 */
public final class SecondHistory {

    /** Seconds that are kept. */
    public static final int SECONDS = 600;

    /** No value: there was no server yet, or nothing to be measured. */
    public static final long UNKNOWN = Delays.UNKNOWN;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * The values of some seconds, oldest first; {@link #UNKNOWN} where there is none.
     *
     * @param lastSecond of the newest value, seconds since the epoch
     */
    public record Values(
            long lastSecond, Server server, Map<String, SinkValues> sinks, Map<String, SourceValues> sources) {}

    /**
     * @param records acknowledged by all sources
     * @param bytes acknowledged by all sources
     * @param backlogBytes that some sink still has to get
     * @param deadLetters records that became some
     * @param delays of batches that any sink got whole, the longest, in milliseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Server(long[] records, long[] bytes, long[] backlogBytes, long[] deadLetters, DelayValues delays) {}

    /**
     * @param lagMillis age of the oldest undelivered record
     * @param records delivered
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record SinkValues(long[] lagMillis, long[] records, DelayValues delays) {}

    /** @param records acknowledged */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record SourceValues(long[] records) {}

    /** As {@link Delays}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record DelayValues(long[] scheduling, long[] processing, long[] total) {}

    /** One line: a value for each second. */
    private static final class Line {
        private final long[] ring = new long[SECONDS];
        private int next;
        /** Of what is counted: how much it was. */
        private long before = UNKNOWN;

        Line() {
            Arrays.fill(ring, UNKNOWN);
        }

        void add(long value) {
            ring[next] = value;
            next = (next + 1) % SECONDS;
        }

        /** Something that is counted since the start. */
        void count(long now, int seconds) {
            long more = before == UNKNOWN ? UNKNOWN : Math.max(0, now - before);
            before = now;
            for (int left = seconds; left > 0; left--) {
                long share = more == UNKNOWN ? UNKNOWN : more / left;
                add(share);
                more -= more == UNKNOWN ? 0 : share;
            }
        }

        /** Something that is measured at one moment. */
        void measure(long now, int seconds) {
            for (int i = 0; i < seconds; i++) {
                add(now);
            }
        }

        /** Something that happened in the last of the seconds. */
        void happen(long now, int seconds) {
            measure(UNKNOWN, seconds - 1);
            add(now);
        }

        long[] last(int seconds) {
            long[] values = new long[seconds];
            for (int i = 0; i < seconds; i++) {
                values[i] = ring[Math.floorMod(next - seconds + i, SECONDS)];
            }
            return values;
        }
    }

    private static final class DelayLines {
        private final Line scheduling = new Line();
        private final Line processing = new Line();
        private final Line total = new Line();

        void add(Delays delays, int seconds) {
            scheduling.happen(delays.scheduling(), seconds);
            processing.happen(delays.processing(), seconds);
            total.happen(delays.total(), seconds);
        }

        DelayValues last(int seconds) {
            return new DelayValues(scheduling.last(seconds), processing.last(seconds), total.last(seconds));
        }
    }

    private static final class SinkLines {
        private final Line lagMillis = new Line();
        private final Line records = new Line();
        private final DelayLines delays = new DelayLines();

        SinkValues last(int seconds) {
            return new SinkValues(lagMillis.last(seconds), records.last(seconds), delays.last(seconds));
        }
    }

    private final Line records = new Line();
    private final Line bytes = new Line();
    private final Line backlogBytes = new Line();
    private final Line deadLetters = new Line();
    private final DelayLines delays = new DelayLines();
    private final Map<String, SinkLines> sinks = new LinkedHashMap<>();
    private final Map<String, Line> sources = new LinkedHashMap<>();
    private boolean begun;
    private long nextNanos;
    private long lastSecond;

    /**
     * Looks at the server; what comes before a second is over is left to the next look. The first look says from what
     * is counted.
     *
     * @param took the longest delays of each sink since the last look that {@linkplain #isDue was due}
     */
    synchronized void look(long nowNanos, long nowMillis, Sample sample, Map<String, Delays> took) {
        int seconds = begun ? (int) Math.min(SECONDS, 1 + (nowNanos - nextNanos) / SECOND_NANOS) : 1;
        nextNanos = begun
                ? nextNanos + (1 + (nowNanos - nextNanos) / SECOND_NANOS) * SECOND_NANOS
                : nowNanos + SECOND_NANOS;
        begun = true;
        lastSecond = Math.floorDiv(nowMillis, 1_000L);
        records.count(sample.records(), seconds);
        bytes.count(sample.bytes(), seconds);
        backlogBytes.measure(sample.backlogBytes(), seconds);
        deadLetters.count(sample.deadLetters(), seconds);
        delays.add(took.values().stream().reduce(Delays.NONE, Delays::longest), seconds);
        sample.sources().forEach((name, source) -> sources.computeIfAbsent(name, each -> new Line())
                .count(source.records(), seconds));
        sample.sinks().forEach((name, sink) -> {
            SinkLines lines = sinks.computeIfAbsent(name, each -> new SinkLines());
            lines.lagMillis.measure(sink.lagMillis(), seconds);
            lines.records.count(sink.records(), seconds);
            lines.delays.add(took.getOrDefault(name, Delays.NONE), seconds);
        });
    }

    /** Whether a second is over since the last look. */
    synchronized boolean isDue(long nowNanos) {
        return !begun || nowNanos - nextNanos >= 0;
    }

    /** @param seconds from 1 to {@link #SECONDS} */
    public synchronized Values last(int seconds) {
        return new Values(
                lastSecond,
                new Server(
                        records.last(seconds),
                        bytes.last(seconds),
                        backlogBytes.last(seconds),
                        deadLetters.last(seconds),
                        delays.last(seconds)),
                each(sinks, lines -> lines.last(seconds)),
                each(sources, line -> new SourceValues(line.last(seconds))));
    }

    private static <T, R> Map<String, R> each(Map<String, T> lines, Function<T, R> last) {
        Map<String, R> values = new LinkedHashMap<>();
        lines.forEach((name, line) -> values.put(name, last.apply(line)));
        return values;
    }

    /** How many values are kept, known or not. */
    synchronized int size() {
        return SECONDS * (7 + 5 * sinks.size() + sources.size());
    }
}
