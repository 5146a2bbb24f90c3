package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.PacedClient;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.load.Schedule;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.receive.DeliveryLedger;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Ten minutes at 70 % of the maximum: nothing may grow. */
final class SoakCase implements LoadCase {

    private static final int SECONDS = 600;
    private static final int PROBE_SECONDS = 15;
    private static final int SAMPLE_SECONDS = 5;
    private static final double LOAD = 0.7;
    private static final int SENDS_PER_SECOND = 1_000;
    /** The first of as many parts of the samples warms up; two more are compared: the second, and the last. */
    private static final int PARTS = 4;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long RESIDENT_BYTES_MAX = 1L << 30;
    private static final Target FLAT = Target.atMost(1.25);

    /** What was seen at a moment. */
    private record Sample(double resident, double anonymous, double heap, double journal, double p50, double p99) {}

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String title() {
        return "10 minutes at 70 % of the maximum under -Xmx256m: the end against the beginning";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        int seconds = Math.max(PARTS * SAMPLE_SECONDS, test.secondsOr(SECONDS));
        RecordPool flat = RecordPool.of(RecordShape.STANDARD, IngestCase.CHUNK_BYTES, test.seed());
        List<Sample> samples = new ArrayList<>();
        Path folder = test.folder().resolve("soak");
        double maximum;
        long full;
        try (CountingReceiver receiver = new CountingReceiver();
                ServerUnderTest server =
                        ServerUnderTest.start(test.home(), folder, DeliverCase.settings(receiver.url()))) {
            test.progress("looking for the maximum");
            maximum = DeliverCase.round(server, receiver.ledger(), flat, PROBE_SECONDS)
                    .recordsPerSecond();
            load(test, server, receiver.ledger(), maximum * LOAD, seconds, samples);
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
            full = server.gc().fullCollections();
        } finally {
            Folders.delete(folder);
        }
        Verification verification = Verification.of(test, folder, flat, FloodOptions.DEFAULT, DeliverCase.settings(""));
        Folders.delete(folder);
        double resident = samples.stream().mapToDouble(Sample::resident).max().orElse(Double.NaN);
        List<String> checks = new ArrayList<>(verification.lines());
        checks.add("full collections: " + full + (full == 0 ? ", as it must be" : ", and there must be none"));
        checks.add(String.format(
                Locale.ROOT,
                "resident at most %.0f MiB, journal included; it must be under 1 GiB",
                resident / (1 << 20)));
        return new CaseReport(
                name(),
                title(),
                List.of(
                        compared("resident memory, the mapped journal included", "B", samples, Sample::resident),
                        compared("resident memory that no file backs", "B", samples, Sample::anonymous),
                        compared("heap after a collection", "B", samples, Sample::heap),
                        compared("journal", "B", samples, Sample::journal),
                        compared("acknowledgement p50", "ms", samples, Sample::p50),
                        compared("acknowledgement p99", "ms", samples, Sample::p99)),
                List.of(
                        String.format(
                                Locale.ROOT, "%d s at %.2f M records/s, delivered", seconds, maximum * LOAD / 1e6),
                        "samples every " + SAMPLE_SECONDS + " s; the last quarter against the second, in order"),
                checks,
                verification.held() && full == 0 && !(resident > RESIDENT_BYTES_MAX));
    }

    private static void load(
            LoadTest test,
            ServerUnderTest server,
            DeliveryLedger ledger,
            double recordsPerSecond,
            int seconds,
            List<Sample> samples)
            throws IOException {
        int each = Math.max(1, (int) (recordsPerSecond / SENDS_PER_SECOND));
        RecordPool pool = new RecordPool(RecordShape.STANDARD, each, RecordPool.BYTES_DEFAULT, test.seed());
        long before = ledger.records();
        try (PacedClient client =
                new PacedClient(server.source(), pool, new Schedule(System.nanoTime(), recordsPerSecond, each), 0)) {
            for (int at = 0; at < seconds; at += SAMPLE_SECONDS) {
                Wait.orEnough(TimeUnit.SECONDS.toNanos(SAMPLE_SECONDS), () -> {
                    client.requireRunning();
                    return false;
                });
                Histogram waited = client.latencies();
                samples.add(new Sample(
                        server.usage().map(ProcessUsage::residentBytes).orElse(0L),
                        server.usage().map(ProcessUsage::anonymousBytes).orElse(0L),
                        server.gc().heapBytes(),
                        server.journalBytes(),
                        waited.getValueAtPercentile(50) / NANOS_PER_MILLI,
                        waited.getValueAtPercentile(99) / NANOS_PER_MILLI));
                test.progress((at + SAMPLE_SECONDS) + " of " + seconds + " s");
            }
            client.stop();
            long all = before + client.sent();
            Wait.until(() -> ledger.records() >= all, Verification.PATIENCE_SECONDS, "all is delivered");
        }
    }

    private static Row compared(String what, String unit, List<Sample> samples, ToDoubleFunction<Sample> figure) {
        int part = samples.size() / PARTS;
        Series<Sample> second = new Series<>();
        samples.subList(part, 2 * part).forEach(second::add);
        Series<Sample> last = new Series<>();
        samples.subList(samples.size() - part, samples.size()).forEach(last::add);
        return Row.of(what, unit, last.stats(figure), "the second quarter", second.stats(figure), FLAT);
    }
}
