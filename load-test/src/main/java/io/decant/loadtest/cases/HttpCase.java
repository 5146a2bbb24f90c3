package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.HttpFlood;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.NginxFile;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * HTTP to synced and answered, with nothing to deliver to: large bodies beside TCP, requests of one record each beside
 * nginx, which writes them to a file, and the same on many connections.
 */
final class HttpCase implements LoadCase {

    private static final int BODY_BYTES = 1 << 20;
    private static final int LARGE_CONNECTIONS = 16;
    private static final int SMALL_CONNECTIONS = 512;
    private static final int MANY_CONNECTIONS = 10_000;
    private static final int SMALL_POOL_BYTES = 1 << 20;
    private static final int SECONDS = 5;
    private static final Target TARGET = Target.atLeast(0.7);
    /** What a record may cost on many connections, as on TCP. */
    private static final double MANY_COST_MAX = 1.5;

    private static final double MILLION = 1e6;
    private static final String REQUESTS = "requests/s";
    private static final String NGINX = "nginx, to a file, not synced";
    private static final String HTTP = "{type: http, address: '127.0.0.1:0'}";

    @Override
    public String name() {
        return "http";
    }

    @Override
    public String title() {
        return "HTTP to synced and answered, flat out, nothing delivered";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool lines = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        RecordPool large = RecordPool.of(RecordShape.STANDARD, BODY_BYTES, test.seed());
        RecordPool small = new RecordPool(RecordShape.STANDARD, 1, SMALL_POOL_BYTES, test.seed());
        int seconds = test.secondsOr(SECONDS);
        IngestRound tcp = new IngestRound(test, lines, seconds);
        Series<Pace> bodies = new Series<>();
        Series<Pace> requests = new Series<>();
        Series<Pace> many = new Series<>();
        Series<Pace> overTcp = new Series<>();
        Series<Pace> nginx = new Series<>();
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds());
            overTcp.add(tcp.ours(FloodOptions.DEFAULT, IngestRound.settings()));
            bodies.add(ours(test, large, LARGE_CONNECTIONS, seconds));
            requests.add(ours(test, small, SMALL_CONNECTIONS, seconds));
            many.add(ours(test, small, MANY_CONNECTIONS, seconds));
            if (NginxFile.isInstalled()) {
                nginx.add(nginx(test, small, seconds));
            }
        }
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(
                "answered, bodies of 1 MiB on " + LARGE_CONNECTIONS + " connections",
                "records/s",
                bodies.stats(Pace::recordsPerSecond),
                "TCP, acknowledged",
                overTcp.stats(Pace::recordsPerSecond),
                TARGET));
        rows.addAll(small(requests, nginx));
        rows.add(Row.of(
                String.format("answered, one record each, %,d connections", MANY_CONNECTIONS),
                REQUESTS,
                many.stats(Pace::recordsPerSecond),
                SMALL_CONNECTIONS + " connections",
                requests.stats(Pace::recordsPerSecond),
                Target.atLeast(1 / MANY_COST_MAX)));
        List<String> notes = new ArrayList<>(List.of("the generator is on the same cores, for all", IngestRound.NOTE));
        if (nginx.isEmpty()) {
            notes.add("nginx: skipped, it is not installed");
        }
        return new CaseReport(
                name(),
                title(),
                rows,
                notes,
                List.of("each round: the server counts exactly the records that were answered"),
                true);
    }

    private static List<Row> small(Series<Pace> ours, Series<Pace> nginx) {
        String what = "answered, one record each, " + SMALL_CONNECTIONS + " connections";
        String cpu = "CPU of that";
        String cpuUnit = "s a million";
        if (nginx.isEmpty()) {
            return List.of(
                    Row.of(what, REQUESTS, ours.stats(Pace::recordsPerSecond)),
                    Row.of(cpu, cpuUnit, ours.stats(Pace::cpuSecondsPerMillion)));
        }
        return List.of(
                Row.of(what, REQUESTS, ours.stats(Pace::recordsPerSecond), NGINX, nginx.stats(Pace::recordsPerSecond)),
                Row.of(
                        cpu,
                        cpuUnit,
                        ours.stats(Pace::cpuSecondsPerMillion),
                        NGINX,
                        nginx.stats(Pace::cpuSecondsPerMillion)));
    }

    /** A server of its own. */
    private static Pace ours(LoadTest test, RecordPool pool, int connections, int seconds) throws IOException {
        Path folder = test.folder().resolve("http");
        ServerSettings settings = IngestRound.settings()
                .with("sources." + ServerSettings.SOURCE, HTTP)
                .withoutCuts();
        try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings);
                HttpFlood flood = new HttpFlood(server.source(), pool, connections)) {
            Pace pace = pace(flood, pool, IngestRound.WARM_SECONDS, seconds, server::usage);
            if (server.acknowledged() != flood.acknowledged()) {
                throw new LoadException("the server counts " + server.acknowledged() + " records of "
                        + flood.acknowledged() + " that were answered");
            }
            return pace;
        } finally {
            Folders.delete(folder);
        }
    }

    private static Pace nginx(LoadTest test, RecordPool pool, int seconds) throws IOException {
        Path folder = test.folder().resolve("nginx");
        try (NginxFile nginx = NginxFile.start(folder);
                HttpFlood flood = new HttpFlood(nginx.address(), pool, SMALL_CONNECTIONS)) {
            Pace pace = pace(flood, pool, 1, seconds, nginx::usage);
            if (nginx.bodies() != flood.answered()) {
                throw new LoadException(
                        "nginx wrote " + nginx.bodies() + " bodies of " + flood.answered() + " that were answered");
            }
            return pace;
        } finally {
            Folders.delete(folder);
        }
    }

    private static Pace pace(
            HttpFlood flood, RecordPool pool, int warmSeconds, int seconds, Supplier<Optional<ProcessUsage>> usage) {
        flood.start();
        Wait.orEnough(TimeUnit.SECONDS.toNanos(warmSeconds), () -> false);
        Optional<ProcessUsage> usageBefore = usage.get();
        long before = flood.answered();
        long start = System.nanoTime();
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> false);
        long counted = (flood.answered() - before) * pool.chunkRecords();
        double took = (System.nanoTime() - start) / 1e9;
        Optional<ProcessUsage> usageAfter = usage.get();
        flood.stop();
        double cpu = usageAfter.map(ProcessUsage::cpuSeconds).orElse(Double.NaN)
                - usageBefore.map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
        return new Pace(
                counted / took,
                cpu * MILLION / counted,
                usageAfter.map(after -> (double) after.residentBytes()).orElse(Double.NaN));
    }
}
