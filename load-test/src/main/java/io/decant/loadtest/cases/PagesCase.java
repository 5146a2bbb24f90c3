package io.decant.loadtest.cases;

import io.decant.config.HostPort;
import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.OpenPages;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What open pages cost a server under full load: in each round the same process is measured with them and with them at
 * another server, which is idle, under the same flood, and who begins changes from round to round. So what the pages'
 * own side takes of the machine, each of the two has.
 */
final class PagesCase implements LoadCase {

    private static final int PAGES = 50;
    private static final int SECONDS = 10;
    /** After pages were opened or closed. */
    private static final int SETTLE_SECONDS = 3;
    /** How much less of the rate may be left, and how much of the server's CPU time may be the pages'. */
    private static final double COST_MAX = 0.02;

    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double MILLION = 1e6;
    private static final String ADMIN_THREADS = "decant-admin";

    /**
     * A while of a server.
     *
     * @param cpu of the process, milliseconds a second
     * @param adminCpu the part of it that its admin threads have used
     * @param requests of pages, a second
     * @param events that pages were told of, a second
     */
    private record While(double recordsPerSecond, double cpu, double adminCpu, double requests, double events) {

        double cpuSecondsPerMillion() {
            return cpu * MILLION / MILLIS_PER_SECOND / recordsPerSecond;
        }
    }

    private record Rounds(Series<While> with, Series<While> without) {}

    @Override
    public String name() {
        return "pages";
    }

    @Override
    public String title() {
        return PAGES + " open pages beside TCP to synced and acknowledged, flat out";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        Rounds ingest = new Rounds(new Series<>(), new Series<>());
        Rounds deliver = new Rounds(new Series<>(), new Series<>());
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("round " + (i + 1) + " of " + test.rounds());
            round(test, pool, IngestRound.settings().withoutCuts(), i % 2 == 0, ingest);
            try (CountingReceiver receiver = new CountingReceiver()) {
                round(test, pool, DeliverCase.settings(receiver.url()), i % 2 == 0, deliver);
                DeliverCase.requireSound(receiver.ledger());
            }
        }
        List<Row> rows = new ArrayList<>(rows("nothing delivered", ingest));
        rows.addAll(rows("delivered in batches of 1 s", deliver));
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of(
                        "the generator, the receiver and the pages' own side are on the same cores, so each side of a"
                                + " comparison has them; use an idle machine",
                        "a page asks for what its script asks for; browsers draw besides"),
                List.of("each round: no page failed, and every one was told of each second"),
                true);
    }

    private static List<Row> rows(String load, Rounds rounds) {
        return List.of(
                Row.of(
                        "acknowledged with " + PAGES + " pages, " + load,
                        "records/s",
                        rounds.with.stats(While::recordsPerSecond),
                        "with them at another server, which is idle",
                        rounds.without.stats(While::recordsPerSecond),
                        Target.atLeast(1 - COST_MAX)),
                Row.of(
                        "CPU of that",
                        "s a million",
                        rounds.with.stats(While::cpuSecondsPerMillion),
                        "with them at another server, which is idle",
                        rounds.without.stats(While::cpuSecondsPerMillion)),
                Row.of(
                        "CPU of the admin threads with " + PAGES + " pages",
                        "ms a second",
                        rounds.with.stats(While::adminCpu),
                        "the whole server",
                        rounds.with.stats(While::cpu),
                        Target.atMost(COST_MAX)),
                Row.of(
                        "the same with the pages at the other server",
                        "ms a second",
                        rounds.without.stats(While::adminCpu)),
                Row.of("requests of pages", "1/s", rounds.with.stats(While::requests)),
                Row.of("events that pages were told of", "1/s", rounds.with.stats(While::events)));
    }

    private static void round(
            LoadTest test, RecordPool pool, ServerSettings settings, boolean pagesFirst, Rounds rounds)
            throws IOException {
        Path folder = test.folder().resolve("pages");
        Path idleFolder = test.folder().resolve("pages-idle");
        try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings);
                ServerUnderTest idle = ServerUnderTest.start(
                        test.home(), idleFolder, IngestRound.settings().withoutCuts());
                Flood flood = new Flood(server.source(), pool, FloodOptions.DEFAULT)) {
            flood.start();
            await(flood, IngestRound.WARM_SECONDS);
            for (int i = 0; i < 2; i++) {
                boolean isWith = (i == 0) == pagesFirst;
                While measured = withPages(isWith ? server : idle, server, flood, test.secondsOr(SECONDS));
                (isWith ? rounds.with : rounds.without).add(measured);
            }
            flood.stop();
        } finally {
            Folders.delete(folder);
            Folders.delete(idleFolder);
        }
    }

    /** Measures a server, with pages open at it or at another. */
    private static While withPages(ServerUnderTest shown, ServerUnderTest server, Flood flood, int seconds) {
        HostPort admin = HostPort.parse(shown.admin());
        try (OpenPages pages = new OpenPages(new InetSocketAddress(admin.host(), admin.port()), PAGES)) {
            await(flood, SETTLE_SECONDS);
            While measured = measure(server, flood, seconds, pages);
            pages.requireRunning();
            if (measured.events < PAGES * (seconds - 1.5) / seconds) {
                throw new LoadException("pages were told of " + measured.events + " events a second only");
            }
            return measured;
        }
    }

    private static While measure(ServerUnderTest server, Flood flood, int seconds, OpenPages pages) {
        double cpu = cpuSeconds(server);
        double adminCpu = server.threadCpuSeconds(ADMIN_THREADS);
        long requests = pages.requests();
        long events = pages.events();
        long records = flood.acknowledged();
        long start = System.nanoTime();
        await(flood, seconds);
        double took = (System.nanoTime() - start) / 1e9;
        return new While(
                (flood.acknowledged() - records) / took,
                (cpuSeconds(server) - cpu) * MILLIS_PER_SECOND / took,
                (server.threadCpuSeconds(ADMIN_THREADS) - adminCpu) * MILLIS_PER_SECOND / took,
                (pages.requests() - requests) / took,
                (pages.events() - events) / took);
    }

    private static double cpuSeconds(ServerUnderTest server) {
        return server.usage().map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
    }

    private static void await(Flood flood, int seconds) {
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> {
            flood.requireRunning();
            return false;
        });
    }
}
