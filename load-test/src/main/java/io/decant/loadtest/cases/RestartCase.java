package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
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
import java.util.List;

/**
 * From the start of the process to a source that listens, with a long journal of delivered data and with an empty one.
 */
final class RestartCase implements LoadCase {

    private static final long JOURNAL_BYTES = 10L << 30;
    private static final long BUILD_SECONDS_MAX = 1_800;
    private static final Target TARGET = Target.atMost(1.5);

    private final long journalBytes;

    RestartCase() {
        this(JOURNAL_BYTES);
    }

    /** @param journalBytes how long the journal shall be; shorter where the disk has no room */
    RestartCase(long journalBytes) {
        this.journalBytes = journalBytes;
    }

    @Override
    public String name() {
        return "restart";
    }

    @Override
    public String title() {
        return "start until the source listens: a 10 GiB journal of delivered data, against an empty one";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        long bytes = Math.min(journalBytes, test.diskBytesMax());
        Path longer = test.folder().resolve("long");
        Path empty = test.folder().resolve("empty");
        Series<Double> withLong = new Series<>();
        Series<Double> withEmpty = new Series<>();
        long journal;
        Verification verification;
        try (CountingReceiver receiver = new CountingReceiver()) {
            ServerSettings settings = settings(receiver.url());
            test.progress("filling a journal");
            journal = fill(test, longer, settings, pool, bytes);
            DeliverCase.requireSound(receiver.ledger());
            start(test, empty, settings);
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                withEmpty.add(start(test, empty, settings));
                withLong.add(start(test, longer, settings));
            }
            verification = Verification.of(test, longer, pool, FloodOptions.DEFAULT, settings);
        } finally {
            Folders.delete(longer);
            Folders.delete(empty);
        }
        return new CaseReport(
                name(),
                title(),
                List.of(Row.of(
                        "start",
                        "s",
                        withLong.stats(Double::doubleValue),
                        "an empty journal",
                        withEmpty.stats(Double::doubleValue),
                        TARGET)),
                List.of(
                        String.format("%,d MiB in the long journal, in the page cache as after a crash", journal >> 20),
                        "then loaded again behind what it holds, and verified"),
                verification.lines(),
                verification.held());
    }

    private static ServerSettings settings(String url) {
        return DeliverCase.settings(url).with("journal.retain", "1d");
    }

    /** Loads a server until its journal is so long, and all of it delivered. */
    private static long fill(LoadTest test, Path folder, ServerSettings settings, RecordPool pool, long bytes)
            throws IOException {
        try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings);
                Flood flood = new Flood(server.source(), pool, FloodOptions.DEFAULT)) {
            flood.start();
            Wait.until(
                    () -> {
                        flood.requireRunning();
                        return flood.sent() * pool.shape().lineBytes() >= bytes;
                    },
                    BUILD_SECONDS_MAX,
                    "a journal of " + bytes + " bytes");
            flood.stop();
            server.drain();
            return server.journalBytes();
        }
    }

    private static double start(LoadTest test, Path folder, ServerSettings settings) {
        try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder, settings)) {
            double seconds = server.startSeconds();
            server.drain();
            return seconds;
        }
    }
}
