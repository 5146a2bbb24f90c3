package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.HotKeyLines;
import io.decant.loadtest.receive.CountingReceiver;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One batch with one hot key: as many buckets as that key has records, each sent when the one before it is accepted.
 * What that costs, how much longer it takes than the receiver's answers, and what another sink waits meanwhile.
 */
final class BucketsCase implements LoadCase {

    private static final int RECORDS = 1_000_000;
    private static final String OTHER = "sinks.other.";
    private static final Target TARGET = Target.atMost(1.5);

    /** What there is of one batch. */
    record Size(int buckets, Duration answer) {

        String text() {
            String took = answer.isZero() ? "at once" : "after " + answer.toMillis() + " ms";
            return String.format("a batch of %,d buckets, answered %s", buckets, took);
        }
    }

    static final List<Size> SIZES = List.of(
            new Size(1, Duration.ZERO),
            new Size(10_000, Duration.ZERO),
            new Size(10_000, Duration.ofMillis(1)),
            // Ten times as many take ten times as long.
            new Size(1_000, Duration.ofMillis(50)));

    /**
     * Of one batch.
     *
     * @param seconds until all of it was delivered
     * @param otherSeconds until another sink, whose receiver answers at once, had it
     * @param cpuSeconds of the server, with the reading of the records
     */
    private record Delivery(double seconds, double otherSeconds, double cpuSeconds) {}

    private final int records;
    private final List<Size> sizes;

    BucketsCase() {
        this(RECORDS, SIZES);
    }

    BucketsCase(int records, List<Size> sizes) {
        this.records = records;
        this.sizes = List.copyOf(sizes);
    }

    @Override
    public String name() {
        return "buckets";
    }

    @Override
    public String title() {
        return String.format("one batch of %,d records with a hot key, to two sinks", records);
    }

    /** Some ten minutes. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        Map<Size, Series<Delivery>> found = new LinkedHashMap<>();
        for (int i = 0; i < test.rounds(); i++) {
            for (Size size : sizes) {
                test.progress("round " + (i + 1) + " of " + test.rounds() + ": " + size.text());
                found.computeIfAbsent(size, some -> new Series<>()).add(deliver(test, size));
            }
        }
        List<Row> rows = new ArrayList<>();
        Series<Delivery> first = found.get(sizes.get(0));
        found.forEach((size, series) -> {
            double answers = size.buckets() * size.answer().toNanos() / 1e9;
            if (size.answer().isZero()) {
                rows.add(Row.of(size.text(), "s", series.stats(Delivery::seconds)));
            } else {
                rows.add(Row.of(
                        size.text(),
                        "s",
                        series.stats(Delivery::seconds),
                        "its answers alone, one after another",
                        series.stats(delivery -> answers),
                        TARGET));
            }
            rows.add(new Row(
                    size.text() + ": the other sink",
                    "s",
                    series.stats(Delivery::otherSeconds),
                    Optional.of("the first row's"),
                    Optional.of(first.stats(Delivery::otherSeconds)),
                    Optional.empty()));
            rows.add(Row.of(
                    size.text() + ": CPU",
                    "s a million",
                    series.stats(delivery -> delivery.cpuSeconds() * 1e6 / records),
                    "the first row's",
                    first.stats(delivery -> delivery.cpuSeconds() * 1e6 / records)));
        });
        return new CaseReport(
                name(),
                title(),
                rows,
                List.of("counted from the first record that is sent; the other sink's receiver answers at once"),
                List.of("both sinks had every record, in the order of buckets: held"),
                true);
    }

    private Delivery deliver(LoadTest test, Size size) throws IOException {
        Path folder = test.folder().resolve("buckets");
        try (CountingReceiver receiver = new CountingReceiver(Optional.empty(), size.answer());
                CountingReceiver other = new CountingReceiver();
                ServerUnderTest server = ServerUnderTest.start(
                        test.home(),
                        folder,
                        ServerSettings.deliveringTo(receiver.url())
                                .with("batch.interval", "1h")
                                .with("batch.max-records", Integer.toString(records))
                                .with(OTHER + "type", "http")
                                .with(OTHER + "url", other.url()))) {
            Optional<ProcessUsage> before = server.usage();
            long start = System.nanoTime();
            HotKeyLines.send(server.source(), records, size.buckets());
            double otherSeconds = awaitAll(other, start);
            double seconds = awaitAll(receiver, start);
            Optional<ProcessUsage> after = server.usage();
            server.drain();
            DeliverCase.requireSound(receiver.ledger());
            DeliverCase.requireSound(other.ledger());
            return new Delivery(
                    seconds,
                    otherSeconds,
                    after.map(ProcessUsage::cpuSeconds).orElse(Double.NaN)
                            - before.map(ProcessUsage::cpuSeconds).orElse(Double.NaN));
        } finally {
            Folders.delete(folder);
        }
    }

    private double awaitAll(CountingReceiver receiver, long startNanos) {
        Wait.until(() -> receiver.ledger().records() >= records, Verification.PATIENCE_SECONDS, "all is delivered");
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
