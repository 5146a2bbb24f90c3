package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.RealRecords;
import io.decant.loadtest.load.RealRecords.Form;
import io.decant.loadtest.load.RealRecords.Keys;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.receive.ReceiverIdentity;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * TCP to buckets POSTed for records as applications send them: each way of finding keys and writing bodies, beside the
 * same bytes with {@code key: record} and {@code format: lines} in the same round. Each turn is a fresh server.
 */
final class RealDelivery {

    static final int RECORD_BYTES = RealRecords.BYTES;

    /** Counted from the first record that is sent. */
    private static final int FIRST_SECONDS = 5;

    /** Long enough for the compilers of the JVM; not counted. */
    private static final int WARM_SECONDS = 8;

    private static final int SECONDS = 5;
    /** Fewer hold no two whole batches. */
    private static final int SECONDS_MIN = 4;

    private static final int MANY_CONNECTIONS = 100;
    /** Little enough to be delivered soon after the end. */
    private static final String BACKLOG = "1GiB";

    private static final String KEY = "bucket.key";
    private static final String FORMAT = "sinks.far-end.format";
    private static final String JSON_KEY = "json:/user/id";
    private static final String BOTH_KEYS = "[json:/user/id, json:/order/id]";
    private static final Target FIRST_TARGET = Target.atLeast(0.6);

    /** A way to deliver records, and what it is expected to reach of the rate and the processor time of the other. */
    record Way(
            String name,
            Form form,
            Keys keys,
            int connections,
            boolean tls,
            Map<String, String> settings,
            Target rate,
            Target cpu) {

        Way(String name, Form form, String key, String format, Target rate, Target cpu) {
            this(name, form, Keys.FEW_REPEATS, 1, false, Map.of(KEY, key, FORMAT, format), rate, cpu);
        }

        /** JSON by the key that most ways have. */
        Way(String name, Keys keys, int connections, boolean tls, Map<String, String> more, Target rate) {
            this(JSON_KEY + ", json, " + name, Form.JSON, keys, connections, tls, withJson(more), rate, null);
        }

        private static Map<String, String> withJson(Map<String, String> more) {
            Map<String, String> settings = new HashMap<>(Map.of(KEY, JSON_KEY, FORMAT, "json"));
            settings.putAll(more);
            return settings;
        }

        /** What it is compared with. */
        Way plain() {
            Map<String, String> lines = Map.of(KEY, "record", FORMAT, "lines");
            return new Way("key: record, lines", form, keys, 1, false, lines, null, null);
        }

        RecordPool pool(long seed) {
            return RealRecords.pool(form, keys, IngestCase.CHUNK_BYTES, seed);
        }
    }

    /** A server's turn. */
    record Turn(double recordsPerSecond, double cpuSecondsPerMillion, double residentBytes, double first) {}

    private record Round(Turn turn, Turn plain) {}

    /** All of them. */
    static final List<Way> WAYS = List.of(
            new Way(JSON_KEY + ", lines", Form.JSON, JSON_KEY, "lines", null, null),
            new Way(JSON_KEY + ", json", Form.JSON, JSON_KEY, "json", Target.atLeast(0.8), Target.atMost(1.5)),
            new Way(JSON_KEY + ", envelope", Form.JSON, JSON_KEY, "envelope", Target.atLeast(0.7), null),
            new Way(
                    "gzip",
                    Keys.FEW_REPEATS,
                    1,
                    false,
                    Map.of("sinks.far-end.compression", "gzip"),
                    Target.atLeast(0.4)),
            new Way(
                    MANY_CONNECTIONS + " connections",
                    Keys.FEW_REPEATS,
                    MANY_CONNECTIONS,
                    false,
                    Map.of(),
                    Target.atLeast(0.7)),
            new Way("TLS to the receiver", Keys.FEW_REPEATS, 1, true, Map.of(), null),
            new Way("record, json", Form.JSON, "record", "json", null, null),
            new Way(JSON_KEY + ", counts", Form.JSON, JSON_KEY, "counts", null, null),
            new Way(BOTH_KEYS + ", json", Form.JSON, BOTH_KEYS, "json", null, null),
            new Way("csv:2, lines", Form.CSV, "csv:2", "lines", null, null),
            new Way("regex:user=(\\w+), lines", Form.LOG, "regex:user=(\\w+)", "lines", null, null),
            new Way("a hot key of 1 %", Keys.ONE_HOT, 1, false, Map.of(), null),
            new Way("keys by Zipf's law", Keys.ZIPF, 1, false, Map.of(), null));

    private final LoadTest test;
    private final List<Way> ways;
    private final int firstSeconds;
    private final int warmSeconds;
    private final int seconds;
    /** What most ways send. */
    private RecordPool json;

    RealDelivery(LoadTest test) {
        this(test, WAYS, FIRST_SECONDS, WARM_SECONDS);
    }

    /**
     * @param firstSeconds what counts as the beginning
     * @param warmSeconds after which the steady state begins, no fewer
     */
    RealDelivery(LoadTest test, List<Way> ways, int firstSeconds, int warmSeconds) {
        this.test = test;
        this.ways = ways;
        this.firstSeconds = firstSeconds;
        this.warmSeconds = warmSeconds;
        this.seconds = Math.max(SECONDS_MIN, test.secondsOr(SECONDS));
    }

    /** The rows of all ways, after as many rounds as the test has. */
    List<Row> rows() throws IOException {
        Map<Way, Series<Round>> found = new LinkedHashMap<>();
        for (int i = 0; i < test.rounds(); i++) {
            Map<Form, Turn> plain = new EnumMap<>(Form.class);
            for (Way way : ways) {
                test.progress("round " + (i + 1) + " of " + test.rounds() + ": " + way.name());
                if (!plain.containsKey(way.form())) {
                    plain.put(way.form(), turn(way.plain()));
                }
                Turn turn = turn(way);
                found.computeIfAbsent(way, unused -> new Series<>()).add(new Round(turn, plain.get(way.form())));
            }
        }
        List<Row> rows = new ArrayList<>();
        found.forEach((way, series) -> add(rows, way, series));
        return rows;
    }

    private void add(List<Row> rows, Way way, Series<Round> series) {
        String against = way.plain().name();
        rows.add(row(
                way.name(),
                "records/s",
                series,
                round -> round.turn().recordsPerSecond(),
                against,
                round -> round.plain().recordsPerSecond(),
                way.rate()));
        rows.add(row(
                way.name() + ": CPU",
                "s a million",
                series,
                round -> round.turn().cpuSecondsPerMillion(),
                against,
                round -> round.plain().cpuSecondsPerMillion(),
                way.cpu()));
        rows.add(row(
                way.name() + ": first " + firstSeconds + " s",
                "records/s",
                series,
                round -> round.turn().first(),
                "its steady state",
                round -> round.turn().recordsPerSecond(),
                FIRST_TARGET));
        rows.add(Row.of(way.name() + ": resident memory", "B", series.stats(round -> round.turn()
                .residentBytes())));
    }

    private static Row row(
            String what,
            String unit,
            Series<Round> series,
            ToDoubleFunction<Round> ours,
            String against,
            ToDoubleFunction<Round> theirs,
            Target target) {
        return new Row(
                what,
                unit,
                series.stats(ours),
                Optional.of(against),
                Optional.of(series.stats(theirs)),
                Optional.ofNullable(target));
    }

    private RecordPool pool(Way way) {
        // Of the others one at a time: each takes a quarter of the direct memory there is.
        boolean isShared = way.form() == Form.JSON && way.keys() == Keys.FEW_REPEATS;
        if (isShared && json == null) {
            json = way.pool(test.seed());
        }
        return isShared ? json : way.pool(test.seed());
    }

    Turn turn(Way way) throws IOException {
        Path folder = test.folder().resolve("real");
        RecordPool pool = pool(way);
        Optional<ReceiverIdentity> identity =
                way.tls() ? Optional.of(ReceiverIdentity.in(folder.resolve("identity"))) : Optional.empty();
        try (CountingReceiver receiver = new CountingReceiver(identity.map(ReceiverIdentity::context))) {
            ServerSettings settings =
                    ServerSettings.deliveringTo(receiver.url()).with("journal.max-backlog", BACKLOG);
            if (identity.isPresent()) {
                settings = settings.with(
                        "sinks.far-end.tls.ca-file",
                        identity.get().certificate().toString());
            }
            for (Map.Entry<String, String> setting : way.settings().entrySet()) {
                settings = settings.with(setting.getKey(), setting.getValue());
            }
            FloodOptions options = FloodOptions.DEFAULT.withConnections(way.connections());
            try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings);
                    Flood flood = new Flood(server.source(), pool, options)) {
                return turn(server, flood, receiver);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    /** Watches a server from its first record on, and waits until all is delivered. */
    private Turn turn(ServerUnderTest server, Flood flood, CountingReceiver receiver) {
        flood.start();
        Wait.orEnough(TimeUnit.SECONDS.toNanos(firstSeconds), () -> isOver(flood));
        long first = receiver.ledger().records();
        Wait.orEnough(TimeUnit.SECONDS.toNanos((long) warmSeconds - firstSeconds), () -> isOver(flood));
        Optional<ProcessUsage> before = server.usage();
        long recordsBefore = receiver.ledger().records();
        long start = System.nanoTime();
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> isOver(flood));
        long end = System.nanoTime();
        double counted = receiver.ledger().records() - recordsBefore;
        double pace = receiver.ledger().pace(start, end);
        if (pace == 0) {
            // No two batches were whole: one follows on the other, and parts can be counted.
            pace = counted * 1e9 / (end - start);
        }
        Optional<ProcessUsage> after = server.usage();
        flood.stop();
        server.drain();
        DeliverCase.requireSound(receiver.ledger());
        // What comes of counts is a line for each key.
        double recordsOfOne = (double) flood.sent() / receiver.ledger().records();
        double cpu = after.map(ProcessUsage::cpuSeconds).orElse(Double.NaN)
                - before.map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
        return new Turn(
                pace * recordsOfOne,
                cpu * 1e6 / (counted * recordsOfOne),
                after.map(usage -> (double) usage.residentBytes()).orElse(Double.NaN),
                first * recordsOfOne / firstSeconds);
    }

    private static boolean isOver(Flood flood) {
        flood.requireRunning();
        return false;
    }
}
