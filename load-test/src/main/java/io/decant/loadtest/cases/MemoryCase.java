package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.RealRecords;
import io.decant.loadtest.load.RealRecords.Form;
import io.decant.loadtest.load.RealRecords.Keys;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The most memory that a server has had resident from its start until it has delivered all, the mapped journal
 * included: flat out, with a receiver that stalls for a minute, and with the smallest heap.
 */
final class MemoryCase implements LoadCase {

    private static final long RESIDENT_BYTES_MAX = 768L << 20;

    /** The smallest that is tested. */
    private static final String SMALLEST_HEAP = "-Xmx64m";

    private static final int BEFORE_SECONDS = 8;
    private static final int STALL_SECONDS = 60;
    private static final int AFTER_SECONDS = 5;

    /** What is sent, and how it is split and written. */
    enum Load {
        LINES("record", "lines"),
        JSON("json:/user/id", "json");

        private final String key;
        private final String format;

        Load(String key, String format) {
            this.key = key;
            this.format = format;
        }

        private RecordPool pool(long seed) {
            return this == LINES
                    ? RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, seed)
                    : RealRecords.pool(Form.JSON, Keys.FEW_REPEATS, IngestCase.CHUNK_BYTES, seed);
        }
    }

    /**
     * One server's life.
     *
     * @param isStalling whether its receiver stops for a while
     * @param jvmOptions of the server, beside its own
     */
    record Way(Load load, boolean isStalling, String jvmOptions) {

        private String text() {
            return load.key + ", " + load.format
                    + (isStalling ? ", a receiver that stalls for a minute" : ", flat out")
                    + (jvmOptions.isEmpty() ? "" : ", " + jvmOptions);
        }
    }

    static final List<Way> WAYS = List.of(
            new Way(Load.LINES, false, ""),
            new Way(Load.JSON, false, ""),
            new Way(Load.LINES, true, ""),
            new Way(Load.JSON, true, ""),
            new Way(Load.LINES, false, SMALLEST_HEAP),
            new Way(Load.JSON, false, SMALLEST_HEAP));

    private record Life(double peakBytes, double recordsPerSecond) {}

    private final List<Way> ways;
    private final int beforeSeconds;
    private final int stallSeconds;

    MemoryCase() {
        this(WAYS, BEFORE_SECONDS, STALL_SECONDS);
    }

    /**
     * @param beforeSeconds how long a server runs before anything happens
     * @param stallSeconds how long a receiver stalls
     */
    MemoryCase(List<Way> ways, int beforeSeconds, int stallSeconds) {
        this.ways = List.copyOf(ways);
        this.beforeSeconds = beforeSeconds;
        this.stallSeconds = stallSeconds;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "the most memory of a server's life, TCP to buckets POSTed, the mapped journal included";
    }

    /** Some twenty minutes. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        Map<Way, Series<Life>> found = new LinkedHashMap<>();
        for (int i = 0; i < test.rounds(); i++) {
            for (Way way : ways) {
                test.progress("round " + (i + 1) + " of " + test.rounds() + ": " + way.text());
                found.computeIfAbsent(way, unused -> new Series<>()).add(live(test, way));
            }
        }
        List<Row> rows = new ArrayList<>();
        found.forEach((way, series) -> {
            rows.add(Row.of(
                    way.text(),
                    "B",
                    series.stats(Life::peakBytes),
                    "768 MiB",
                    series.stats(unused -> RESIDENT_BYTES_MAX),
                    Target.atMost(1)));
            rows.add(Row.of(way.text() + ": acknowledged", "records/s", series.stats(Life::recordsPerSecond)));
        });
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of(
                        "a fresh server a turn; generator and receiver are on the same cores",
                        "acknowledged: the mean of the whole life; a stall is in it"),
                List.of("each turn: all that was acknowledged was delivered, and no server ran out of memory: held"),
                true);
    }

    private Life live(LoadTest test, Way way) throws IOException {
        Path folder = test.folder().resolve("memory");
        RecordPool pool = way.load.pool(test.seed());
        try (CountingReceiver receiver = new CountingReceiver()) {
            // One timeout is longer than a stall: a request that was given up and still comes would be out of order.
            ServerSettings settings = DeliverCase.settings(receiver.url())
                    .with("sinks.far-end.timeout", stallSeconds * 5 + "s")
                    .with("bucket.key", way.load.key)
                    .with("sinks.far-end.format", way.load.format);
            try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings, way.jvmOptions);
                    Flood flood = new Flood(server.source(), pool, FloodOptions.DEFAULT)) {
                long start = System.nanoTime();
                flood.start();
                await(flood, beforeSeconds);
                if (way.isStalling) {
                    receiver.stall();
                    await(flood, stallSeconds);
                    receiver.resume();
                }
                await(flood, AFTER_SECONDS);
                double seconds = (System.nanoTime() - start) / 1e9;
                double acknowledged = flood.acknowledged() / seconds;
                flood.stop();
                long all = flood.sent();
                Wait.until(() -> receiver.ledger().records() >= all, Verification.PATIENCE_SECONDS, "all is delivered");
                double peak = server.peakResidentBytes();
                server.drain();
                DeliverCase.requireSound(receiver.ledger());
                return new Life(peak, acknowledged);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static void await(Flood flood, int seconds) {
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> {
            flood.requireRunning();
            return false;
        });
    }
}
