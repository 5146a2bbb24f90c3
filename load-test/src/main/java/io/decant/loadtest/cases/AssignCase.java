package io.decant.loadtest.cases;

import io.decant.loadtest.limit.LimitProcess;
import io.decant.loadtest.load.LinesFile;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Machine;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import io.decant.loadtest.report.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bucket assignment alone, against tables in C and {@code sort | uniq -c}. */
final class AssignCase implements LoadCase {

    private static final long RECORDS = 10_000_000;
    private static final long RECORDS_WHERE_SHORT = 1_000_000;
    /** The file in the page cache, the tables of both, and what sort takes. */
    private static final int MEMORY_SHARE = 6;

    private static final int TWO = 2;
    private static final Target TARGET_TABLE = Target.atLeast(1.5);
    private static final Target TARGET_SORT = Target.atLeast(15);

    /** One round, in records a second. */
    private record Round(double exact, double hash, double one, double two, double sort) {}

    @Override
    public String name() {
        return "assign";
    }

    @Override
    public String title() {
        return "bucket assignment of one batch of 100-byte records in memory, keys hashed from bytes";
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        return run(test, records(RecordShape.STANDARD));
    }

    private static long records(RecordShape shape) {
        boolean fits = Machine.availableBytes() > MEMORY_SHARE * RECORDS * shape.lineBytes();
        return fits ? RECORDS : RECORDS_WHERE_SHORT;
    }

    CaseReport run(LoadTest test, long records) throws IOException {
        Path file = test.folder().resolve("records.txt");
        Optional<LineCount> sort = LineCount.where(test.folder(), records * RecordShape.STANDARD.lineBytes());
        Series<Round> rounds = new Series<>();
        List<String> checks = new ArrayList<>();
        boolean held;
        try (LinesFile lines = LinesFile.create(file, RecordShape.STANDARD, records, test.seed());
                AssignmentRun ours = new AssignmentRun(RecordShape.STANDARD, lines, test.seed())) {
            test.progress("warming up");
            ours.pace(1);
            AssignmentRun.Checked checked = ours.check(TWO);
            for (int i = 0; i < test.rounds(); i++) {
                test.progress("round " + (i + 1) + " of " + test.rounds());
                rounds.add(new Round(
                        table(test, file, records, true, checked),
                        table(test, file, records, false, checked),
                        ours.pace(1),
                        ours.pace(TWO),
                        sort.isPresent() ? records / sort.get().seconds(file) : Double.NaN));
            }
            held = checked.held() && ours.check(1).equals(checked);
            checks.add(String.format(
                    "rules 1 and 2 over %,d records, %,d keys, %d buckets, as the tables count them: %s",
                    records, checked.distinct(), checked.buckets(), held ? "held" : "NOT held"));
        } finally {
            Files.deleteIfExists(file);
        }
        return new CaseReport(
                name(), title(), rows(test, rounds, sort.isPresent()), notes(records, sort.isPresent()), checks, held);
    }

    private static List<Row> rows(LoadTest test, Series<Round> rounds, boolean sorted) {
        String language = test.limit().name();
        Stats one = rounds.stats(Round::one);
        List<Row> rows = new ArrayList<>();
        rows.add(Row.of("one thread", "records/s", one, language + " table", rounds.stats(Round::exact), TARGET_TABLE));
        rows.add(
                Row.of("one thread", "records/s", one, language + " table of hashes alone", rounds.stats(Round::hash)));
        Stats two = rounds.stats(Round::two);
        if (sorted) {
            rows.add(Row.of("two threads", "records/s", two, "sort | uniq -c", rounds.stats(Round::sort), TARGET_SORT));
        } else {
            rows.add(Row.of("two threads", "records/s", two));
        }
        return rows;
    }

    private static List<String> notes(long records, boolean sorted) {
        List<String> notes = new ArrayList<>();
        notes.add(
                String.format("%,d records; ours also says where each record of each bucket lies, in order", records));
        notes.add("the table compares records byte by byte; the other one, as Decant does, 64-bit hashes alone");
        if (!sorted) {
            notes.add("no sort or uniq here");
        }
        return notes;
    }

    /** Records a second of the table, whose counts must be ours. */
    private static double table(LoadTest test, Path file, long records, boolean exact, AssignmentRun.Checked checked) {
        try (LimitProcess process = test.limit().assign(file, records, exact)) {
            Map<String, Long> counted = process.line();
            process.awaitEnd();
            if (counted.get("records") != records
                    || counted.get("distinct") != checked.distinct()
                    || counted.get("highest") != checked.buckets()) {
                throw new LoadException("the table counted " + counted + ", and the buckets are " + checked);
            }
            return records * 1e9 / counted.get("nanos");
        }
    }
}
