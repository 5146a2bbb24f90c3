package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.limit.LimitProcess;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.PacedClient;
import io.decant.loadtest.load.PacedProtocol;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.load.Schedule;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.RedisServer;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** How long a record waits for its acknowledgement at a moderate pace, while batches are delivered. */
final class LatencyCase implements LoadCase {

    private static final int RECORDS_PER_SECOND = 10_000;
    private static final int SECONDS = 10;
    private static final int WARM_SECONDS = 8;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int POOL_BYTES = 8 << 20;
    private static final Target TARGET_P50 = Target.atMost(3);
    private static final Target TARGET_P99 = Target.atMost(5);
    private static final Target TARGET_REDIS = Target.atMost(1);
    private static final int CONNECTIONS = 4;
    private static final int DIGITS = 3;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /** Until then all are connected. */
    private static final long START_NANOS = NANOS_PER_SECOND;

    /** Of one round. */
    private record Latencies(Histogram waited, Histogram late) {}

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public String title() {
        return "acknowledgement latency at 10,000 records/s, an open loop, counted from the schedule";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 1, POOL_BYTES, test.seed());
        int seconds = test.secondsOr(SECONDS);
        Series<Map<String, Long>> limit = new Series<>();
        Series<Latencies> ours = new Series<>();
        Series<Latencies> earlier = new Series<>();
        Series<Latencies> redis = new Series<>();
        Optional<Path> redisProgram = RedisServer.program();
        Path folder = test.folder().resolve("latency");
        Path earlierFolder = test.folder().resolve("latency-earlier");
        try (CountingReceiver receiver = new CountingReceiver();
                CountingReceiver earlierReceiver = new CountingReceiver();
                ServerUnderTest server =
                        ServerUnderTest.start(test.home(), folder, DeliverCase.settings(receiver.url()));
                ServerUnderTest earlierServer = test.earlier()
                        .map(home ->
                                ServerUnderTest.start(home, earlierFolder, DeliverCase.settings(earlierReceiver.url())))
                        .orElse(null)) {
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                limit.add(syncs(test, seconds));
                if (redisProgram.isPresent()) {
                    redis.add(redisRound(test, redisProgram.get(), seconds));
                }
                test.inTurn(
                        i,
                        home -> ours.add(round(test, server.source(), PacedProtocol::lines, seconds)),
                        home -> earlier.add(round(test, earlierServer.source(), PacedProtocol::lines, seconds)));
            }
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
        } finally {
            Folders.delete(folder);
            Folders.delete(earlierFolder);
        }
        Verification verification = Verification.of(test, folder, pool, FloodOptions.DEFAULT, DeliverCase.settings(""));
        Folders.delete(folder);
        String against = test.limit().name() + ", 4 KiB write + fdatasync";
        List<Row> rows = new ArrayList<>(List.of(
                Row.of(
                        "p50",
                        "ms",
                        ours.stats(round -> millis(round.waited, 50)),
                        against,
                        limit.stats(round -> round.get("p50") / NANOS_PER_MILLI),
                        TARGET_P50),
                Row.of(
                        "p99",
                        "ms",
                        ours.stats(round -> millis(round.waited, 99)),
                        against,
                        limit.stats(round -> round.get("p99") / NANOS_PER_MILLI),
                        TARGET_P99),
                Row.of("p99.9", "ms", ours.stats(round -> millis(round.waited, 99.9))),
                Row.of(
                        "longest",
                        "ms",
                        ours.stats(round -> millis(round.waited, 100)),
                        against,
                        limit.stats(round -> round.get("max") / NANOS_PER_MILLI)),
                Row.of("of it the generator's own lateness, p50", "ms", ours.stats(r -> millis(r.late, 50))),
                Row.of("of it the generator's own lateness, p99", "ms", ours.stats(r -> millis(r.late, 99)))));
        if (!redis.isEmpty()) {
            for (int percentile : new int[] {50, 99}) {
                rows.add(Row.of(
                        "p" + percentile,
                        "ms",
                        ours.stats(round -> millis(round.waited, percentile)),
                        "Redis, XADD, appendfsync always, the same clients",
                        redis.stats(round -> millis(round.waited, percentile)),
                        TARGET_REDIS));
            }
        }
        if (!earlier.isEmpty()) {
            for (int percentile : new int[] {50, 99}) {
                rows.add(Row.of(
                        "p" + percentile,
                        "ms",
                        ours.stats(round -> millis(round.waited, percentile)),
                        LoadTest.EARLIER,
                        earlier.stats(round -> millis(round.waited, percentile)),
                        Target.atMost(1 + Pace.LOSS_MAX)));
            }
        }
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of(
                        "a record a send, over " + CONNECTIONS
                                + " connections in turn; batches of 1 s are delivered meanwhile",
                        redisProgram
                                .map(program -> "Redis: " + program + ", a fresh one each round")
                                .orElse("Redis: skipped, no redis-server is installed")),
                verification.lines(),
                verification.held());
    }

    private static Map<String, Long> syncs(LoadTest test, int seconds) throws IOException {
        Path file = test.folder().resolve("sync.data");
        try (LimitProcess process = test.limit().sync(file, seconds)) {
            Map<String, Long> result = process.line();
            process.awaitEnd();
            return result;
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Latencies redisRound(LoadTest test, Path program, int seconds) throws IOException {
        Path folder = test.folder().resolve("redis");
        try (RedisServer server = RedisServer.start(program, folder)) {
            return round(test, server.address(), PacedProtocol::redis, seconds);
        } finally {
            Folders.delete(folder);
        }
    }

    /** Each connection has its share of the schedule, so that the sends of all are evenly apart. */
    private static Latencies round(
            LoadTest test, InetSocketAddress address, Supplier<PacedProtocol> protocol, int seconds)
            throws IOException {
        double each = (double) RECORDS_PER_SECOND / CONNECTIONS;
        long start = System.nanoTime() + START_NANOS;
        List<PacedClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Schedule schedule = new Schedule(start + i * NANOS_PER_SECOND / RECORDS_PER_SECOND, each, 1);
                RecordPool pool = new RecordPool(RecordShape.STANDARD, 1, POOL_BYTES, test.seed() + i);
                clients.add(new PacedClient(address, pool, schedule, (long) (WARM_SECONDS * each), protocol.get()));
            }
            Wait.orEnough(TimeUnit.SECONDS.toNanos(WARM_SECONDS + (long) seconds), () -> {
                clients.forEach(PacedClient::requireRunning);
                return false;
            });
            Histogram waited = new Histogram(DIGITS);
            Histogram late = new Histogram(DIGITS);
            for (PacedClient client : clients) {
                client.stop();
                waited.add(client.latencies());
                late.add(client.lateness());
            }
            return new Latencies(waited, late);
        } finally {
            for (PacedClient client : clients) {
                client.close();
            }
        }
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }
}
