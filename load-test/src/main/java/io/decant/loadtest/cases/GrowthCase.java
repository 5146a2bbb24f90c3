package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LinesFile;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Machine;
import io.decant.loadtest.report.ReportText;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import io.decant.loadtest.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a record costs as batches, multiplicities, connections and records grow. */
final class GrowthCase implements LoadCase {

    private static final String NANOS = "ns a record";
    private static final int SECONDS = 2;
    private static final int THREADS = 2;
    /**
     * What grows.
     *
     * @param batches records of a batch
     * @param copies of each record
     * @param copiedRecords of the batch with copies
     * @param connections at a time
     * @param recordBytes of a record
     */
    record Sizes(
            List<Long> batches,
            List<Integer> copies,
            long copiedRecords,
            List<Integer> connections,
            List<Integer> recordBytes) {

        static final Sizes STANDARD = new Sizes(
                List.of(1_000_000L, 10_000_000L, 100_000_000L),
                List.of(1, 10, 1_000, 100_000, 1_000_000),
                10_000_000,
                List.of(1, 100, 10_000),
                List.of(10, 100, 1_000, 10_000, 100_000, 1 << 20));

        Sizes {
            batches = List.copyOf(batches);
            copies = List.copyOf(copies);
            connections = List.copyOf(connections);
            recordBytes = List.copyOf(recordBytes);
        }
    }

    /** Many connections have a chunk under way each. */
    private static final int SMALL_CHUNK_BYTES = 4 << 10;
    /** Records in the page cache, as the journal's are, beside the tables. */
    private static final double MEMORY_PER_DATA = 1.6;
    /** Flat, as far as a shared machine can show it. */
    private static final Target FLAT = Target.atMost(1.5);

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    private final Sizes sizes;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> checks = new ArrayList<>();
    private boolean held = true;

    GrowthCase() {
        this(Sizes.STANDARD);
    }

    GrowthCase(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String title() {
        return "what a record costs as the batch, the multiplicity, the connections and the record grow";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        rows.clear();
        notes.clear();
        notes.add(IngestRound.NOTE);
        checks.clear();
        held = true;
        batches(test);
        multiplicities(test);
        connections(test);
        recordSizes(test);
        return new CaseReport(name(), title(), rows, notes, checks, held);
    }

    private void batches(LoadTest test) throws IOException {
        Map<String, Stats> byRecords = new LinkedHashMap<>();
        for (long records : sizes.batches()) {
            assignment(
                    test,
                    String.format("assignment, a batch of %,d", records),
                    RecordShape.STANDARD,
                    records,
                    byRecords);
        }
        compare(byRecords);
    }

    private void multiplicities(LoadTest test) throws IOException {
        Map<String, Stats> byCopies = new LinkedHashMap<>();
        for (int copies : sizes.copies()) {
            RecordShape shape = RecordShape.STANDARD.withCopies(copies);
            assignment(
                    test,
                    String.format("assignment, each record %,d times", copies),
                    shape,
                    sizes.copiedRecords(),
                    byCopies);
        }
        compare(byCopies);
    }

    private void assignment(LoadTest test, String what, RecordShape shape, long records, Map<String, Stats> nanosByWhat)
            throws IOException {
        long bytes = records * shape.lineBytes();
        if (Machine.availableBytes() < bytes * MEMORY_PER_DATA || test.diskBytesMax() < bytes) {
            notes.add(what + ": skipped, not enough memory or disk for " + (bytes >> 20) + " MiB");
            return;
        }
        test.progress(what);
        Path file = test.folder().resolve("records.txt");
        Series<Double> nanos = new Series<>();
        try (LinesFile lines = LinesFile.create(file, shape, records, test.seed());
                AssignmentRun run = new AssignmentRun(shape, lines, test.seed())) {
            AssignmentRun.Checked checked = run.check(THREADS);
            held &= checked.held();
            checks.add(what + ": rules 1 and 2 " + (checked.held() ? "held" : "NOT held"));
            for (int i = 0; i < test.rounds(); i++) {
                nanos.add(NANOS_PER_SECOND / run.pace(THREADS));
            }
        } finally {
            Files.deleteIfExists(file);
        }
        Stats stats = nanos.stats(Double::doubleValue);
        nanosByWhat.put(what, stats);
        test.progress(ReportText.ours(nanosOf(what, stats)));
    }

    private void connections(LoadTest test) throws IOException {
        RecordPool pool = RecordPool.of(RecordShape.STANDARD, SMALL_CHUNK_BYTES, test.seed());
        IngestRound round = new IngestRound(test, pool, test.secondsOr(SECONDS));
        Map<String, Series<Double>> nanos = new LinkedHashMap<>();
        for (int i = 0; i < test.rounds(); i++) {
            test.progress("connections, round " + (i + 1) + " of " + test.rounds());
            for (int connections : sizes.connections()) {
                Pace pace = round.ours(FloodOptions.DEFAULT.withConnections(connections), IngestRound.settings());
                String what = String.format("ingest, %,d connections", connections);
                double took = NANOS_PER_SECOND / pace.recordsPerSecond();
                nanos.computeIfAbsent(what, some -> new Series<>()).add(took);
                test.progress(ReportText.ours(nanosOf(what, Stats.of(took))));
            }
        }
        Map<String, Stats> stats = new LinkedHashMap<>();
        nanos.forEach((what, series) -> stats.put(what, series.stats(Double::doubleValue)));
        compare(stats);
        for (int connections : sizes.connections()) {
            verify(test, connections + " connections", pool, FloodOptions.DEFAULT.withConnections(connections));
        }
    }

    private void recordSizes(LoadTest test) throws IOException {
        for (int bytes : sizes.recordBytes()) {
            RecordPool pool = RecordPool.of(RecordShape.STANDARD.withBytes(bytes), IngestCase.CHUNK_BYTES, test.seed());
            IngestRound round = new IngestRound(test, pool, test.secondsOr(SECONDS));
            Series<Pace> limit = new Series<>();
            Series<Pace> ours = new Series<>();
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("records of " + bytes + " bytes, round " + (i + 1) + " of " + test.rounds());
                limit.add(round.limit());
                ours.add(round.ours(FloodOptions.DEFAULT, IngestRound.settings()));
            }
            double megabytes = pool.shape().lineBytes() / BYTES_PER_MEGABYTE;
            Row row = Row.of(
                    String.format("ingest, records of %,d bytes", bytes),
                    "MB/s",
                    ours.stats(pace -> pace.recordsPerSecond() * megabytes),
                    test.limit().name() + " limit",
                    limit.stats(pace -> pace.recordsPerSecond() * megabytes));
            rows.add(row);
            test.progress(ReportText.ours(row));
            verify(test, "records of " + bytes + " bytes", pool, FloodOptions.DEFAULT);
        }
    }

    private void verify(LoadTest test, String what, RecordPool pool, FloodOptions options) throws IOException {
        Path folder = test.folder().resolve("verify");
        Verification verification = Verification.of(test, folder, pool, options, IngestRound.settings());
        Folders.delete(folder);
        held &= verification.held();
        checks.add(
                what + ": rules 1 and 2, and the acknowledged count, " + (verification.held() ? "held" : "NOT held"));
        if (!verification.held()) {
            checks.addAll(verification.lines());
        }
    }

    /** Each against the first. */
    private void compare(Map<String, Stats> nanosByWhat) {
        Map.Entry<String, Stats> base = null;
        for (Map.Entry<String, Stats> entry : nanosByWhat.entrySet()) {
            if (base == null) {
                base = entry;
                rows.add(nanosOf(entry.getKey(), entry.getValue()));
            } else {
                rows.add(Row.of(entry.getKey(), NANOS, entry.getValue(), base.getKey(), base.getValue(), FLAT));
            }
        }
    }

    private static Row nanosOf(String what, Stats stats) {
        return Row.of(what, NANOS, stats);
    }
}
