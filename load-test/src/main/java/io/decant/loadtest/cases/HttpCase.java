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
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** HTTP to synced and answered, with nothing to deliver to: large bodies, and requests of one record each. */
final class HttpCase implements LoadCase {

    private static final int BODY_BYTES = 1 << 20;
    private static final int LARGE_CONNECTIONS = 16;
    private static final int SMALL_CONNECTIONS = 512;
    private static final int SMALL_POOL_BYTES = 1 << 20;
    private static final int SECONDS = 5;
    private static final Target TARGET = Target.atLeast(0.7);
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
        Series<Double> records = new Series<>();
        Series<Double> requests = new Series<>();
        Series<Pace> overTcp = new Series<>();
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds());
            overTcp.add(tcp.ours(FloodOptions.DEFAULT, IngestRound.settings()));
            records.add(round(test, large, LARGE_CONNECTIONS, seconds) * large.chunkRecords());
            requests.add(round(test, small, SMALL_CONNECTIONS, seconds));
        }
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of(
                "answered, bodies of 1 MiB on " + LARGE_CONNECTIONS + " connections",
                "records/s",
                records.stats(rate -> rate),
                "TCP, acknowledged",
                overTcp.stats(Pace::recordsPerSecond),
                TARGET));
        rows.add(Row.of(
                "answered, one record each, " + SMALL_CONNECTIONS + " connections",
                "requests/s",
                requests.stats(rate -> rate)));
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of("the generator is on the same cores, for all", IngestRound.NOTE),
                List.of("each round: the server counts exactly the records that were answered"),
                true);
    }

    /** Requests answered in a second. */
    private static double round(LoadTest test, RecordPool pool, int connections, int seconds) throws IOException {
        Path folder = test.folder().resolve("http");
        ServerSettings settings = IngestRound.settings()
                .with("sources." + ServerSettings.SOURCE, HTTP)
                .withoutCuts();
        try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings);
                HttpFlood flood = new HttpFlood(server.source(), pool, connections)) {
            flood.start();
            Wait.orEnough(TimeUnit.SECONDS.toNanos(IngestRound.WARM_SECONDS), () -> false);
            long before = flood.answered();
            long start = System.nanoTime();
            Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> false);
            double rate = (flood.answered() - before) / ((System.nanoTime() - start) / 1e9);
            flood.stop();
            if (server.acknowledged() != flood.acknowledged()) {
                throw new LoadException("the server counts " + server.acknowledged() + " records of "
                        + flood.acknowledged() + " that were answered");
            }
            return rate;
        } finally {
            Folders.delete(folder);
        }
    }
}
