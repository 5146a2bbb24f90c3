package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.receive.DeliveryLedger;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** TCP to buckets POSTed, synced before acknowledged, in batches of a second. */
final class DeliverCase implements LoadCase {

    /** What may wait for its delivery; a source that is ahead of the sink by more is paused by the server itself. */
    static final String BACKLOG = "2GiB";

    private static final int SECONDS = 5;
    /** Fewer hold no two whole batches. */
    static final int SECONDS_MIN = 4;

    private static final int WARM_SECONDS = 8;
    private static final Target TARGET = Target.atLeast(0.5);

    @Override
    public String name() {
        return "deliver";
    }

    @Override
    public String title() {
        return "TCP to buckets POSTed, synced before acknowledged, flat out, batches of 1 s";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        int seconds = Math.max(SECONDS_MIN, test.secondsOr(SECONDS));
        IngestRound limitRound = new IngestRound(test, pool, seconds);
        Series<Pace> limit = new Series<>();
        Series<Pace> ours = new Series<>();
        Series<Pace> earlier = new Series<>();
        Path folder = test.folder().resolve("deliver");
        Path earlierFolder = test.folder().resolve("deliver-earlier");
        try (CountingReceiver receiver = new CountingReceiver();
                CountingReceiver earlierReceiver = new CountingReceiver();
                ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings(receiver.url()));
                ServerUnderTest earlierServer = test.earlier()
                        .map(home -> ServerUnderTest.start(home, earlierFolder, settings(earlierReceiver.url())))
                        .orElse(null)) {
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                limit.add(limitRound.limit());
                test.inTurn(
                        i,
                        home -> ours.add(round(server, receiver.ledger(), pool, seconds)),
                        home -> earlier.add(round(earlierServer, earlierReceiver.ledger(), pool, seconds)));
            }
            server.drain();
            requireSound(receiver.ledger());
        } finally {
            Folders.delete(folder);
            Folders.delete(earlierFolder);
        }
        Verification verification = Verification.of(test, folder, pool, FloodOptions.DEFAULT, settings(""));
        Folders.delete(folder);
        String against = test.limit().name() + " limit, which only ingests";
        List<Row> rows = new ArrayList<>(Pace.rows("delivered", ours, against, limit, TARGET));
        rows.addAll(Pace.earlierRows("delivered", ours, earlier));
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of(
                        "generator and receiver are on the same cores",
                        "counted from the end of one batch to the end of another"),
                verification.lines(),
                verification.held());
    }

    static ServerSettings settings(String url) {
        return ServerSettings.deliveringTo(url).with("journal.max-backlog", BACKLOG);
    }

    /** Loads a server that runs, and waits until all is delivered. */
    static Pace round(ServerUnderTest server, DeliveryLedger ledger, RecordPool pool, int seconds) throws IOException {
        long before = ledger.records();
        try (Flood flood = new Flood(server.source(), pool, FloodOptions.DEFAULT)) {
            flood.start();
            long start = System.nanoTime() + WARM_SECONDS * 1_000_000_000L;
            Pace pace = Pace.of(
                    flood,
                    pool.shape().lineBytes(),
                    WARM_SECONDS,
                    seconds,
                    Long.MAX_VALUE,
                    ledger::records,
                    server::usage);
            double delivered = ledger.pace(start, System.nanoTime());
            flood.stop();
            long all = before + flood.sent();
            Wait.until(() -> ledger.records() >= all, Verification.PATIENCE_SECONDS, "all is delivered");
            if (delivered == 0) {
                throw new LoadException("no two batches were delivered in " + seconds + " s; give it more --seconds");
            }
            return new Pace(delivered, pace.cpuSecondsPerMillion(), pace.residentBytes());
        }
    }

    /** Nothing was missing, nor too much, as far as heads tell. */
    static void requireSound(DeliveryLedger ledger) {
        if (!ledger.violations().isEmpty()) {
            throw new LoadException("the receiver saw: " + String.join("; ", ledger.violations()));
        }
    }
}
