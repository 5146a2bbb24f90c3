package io.decant.loadtest.cases;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.TransformedBatch;
import io.decant.bucketer.transform.StepTransform;
import io.decant.bucketer.transform.TransformError;
import io.decant.loadtest.load.TextLines;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What records cost as applications send them: servers that find keys in JSON, CSV and lines of logs and write the
 * formats there are ({@link RealDelivery}); then what transforms cost: a batch of lines in memory is split into buckets
 * and copied into bodies, through each kind of step and without one. The latter without network and disk, which would
 * hide the cost.
 */
final class RealCase implements LoadCase {

    private static final int RECORDS = 500_000;
    private static final int THREADS = 2;
    private static final int BODY_BYTES = 1 << 20;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final String WITHOUT = "the same batch without it";
    private static final byte[] SALT = "salt".getBytes(StandardCharsets.US_ASCII);

    /** In output bytes: words are many more records. */
    private static final Target TARGET_SPLIT = Target.atLeast(0.5);
    /** In time. */
    private static final Target TARGET_PASS = Target.atMost(1.1);

    private static final String SPLIT = "split: \" \"";

    /** Lets every line pass. */
    private static final String PASS = "keep: \"regex:\"";

    private static final List<String> OF_LOG = List.of(
            "drop: \"empty\"",
            "keep: \"regex:WARN|ERROR\"",
            "keep: \"regex:user[0-9]+ from\"",
            "trim",
            "lower",
            "csv-pick: [1]",
            "replace: {\"regex\":\"[0-9]+\",\"with\":\"#\"}",
            "extract: \"regex:^(?P<date>\\\\S+) (?P<time>\\\\S+) (?P<level>[A-Z]+) (?P<text>.*)$\"");

    private static final List<String> OF_JSON = List.of(
            "keep: \"json:/level\"",
            "keep: \"json:/level=ERROR\"",
            "json-each: \"/items\"",
            "json-pick: {\"who\":\"/user/name\",\"ms\":\"/ms\"}",
            "json-set: {\"host\":\"edge-1\"}",
            "json-rename: {\"level\":\"severity\"}",
            "json-remove: [\"/user/email\"]",
            "json-hash: [\"/user/email\"]");

    /** A turn with a step and one without it. */
    private record Round(Turn with, Turn without) {}

    /**
     * A batch split and copied.
     *
     * @param seconds on the clock
     * @param processorSeconds of both threads
     * @param records that came out
     * @param bytes that came out, newlines included
     */
    private record Turn(double seconds, double processorSeconds, long records, long bytes) {
        double megabytesPerSecond() {
            return bytes / seconds / BYTES_PER_MEGABYTE;
        }
    }

    private final int records;
    private final boolean delivers;

    RealCase() {
        this(RECORDS, true);
    }

    /** @param delivers whether servers are measured, too */
    RealCase(int records, boolean delivers) {
        this.records = records;
        this.delivers = delivers;
    }

    @Override
    public String name() {
        return "real";
    }

    @Override
    public String title() {
        return "records as applications send them: TCP to buckets POSTed; then transforms: a batch of lines split into"
                + " buckets and copied into bodies, in memory, two threads";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> checks = new ArrayList<>();
        boolean held = true;
        if (delivers && test.lines().isEmpty()) {
            rows.addAll(new RealDelivery(test).rows());
            notes.add(String.format(
                    "deliveries: records of %d bytes, generator and receiver on the same cores; a fresh server a turn",
                    RealDelivery.RECORD_BYTES));
        }
        try (Bench bench = new Bench(test.seed())) {
            try (TextLines log = test.lines().isPresent()
                    ? TextLines.ofFile(test.lines().get(), records)
                    : TextLines.ofLog(records, test.seed())) {
                notes.add(
                        String.format("%,d %s of %,d bytes on average", records, source(test), log.bytes() / records));
                Series<Round> split = rounds(test, bench, log, SPLIT);
                rows.add(Row.of(
                        SPLIT,
                        "MB/s of output",
                        split.stats(round -> round.with().megabytesPerSecond()),
                        WITHOUT,
                        split.stats(round -> round.without().megabytesPerSecond()),
                        TARGET_SPLIT));
                rows.add(row(SPLIT, split, null));
                rows.add(processorRow(SPLIT, split));
                rows.add(againstWords(test, bench, log));
                held &= check(checks, SPLIT, log, bench, true);
                Series<Round> pass = rounds(test, bench, log, PASS);
                rows.add(row(PASS, pass, TARGET_PASS));
                rows.add(processorRow(PASS, pass));
                held &= check(checks, PASS, log, bench, false);
                for (String step : OF_LOG) {
                    rows.add(row(step, rounds(test, bench, log, step), null));
                }
            }
            try (TextLines json = TextLines.ofJson(records, test.seed())) {
                notes.add(String.format(
                        "the rows from %s on: %,d JSON objects of %,d bytes on average",
                        OF_JSON.get(0), records, json.bytes() / records));
                for (String step : OF_JSON) {
                    rows.add(row(step, rounds(test, bench, json, step), null));
                }
            }
        }
        return new CaseReport(name(), title(), rows, notes, checks, held);
    }

    /** How fast records as short as words are without a transform: what is left is the cost of splitting. */
    private Row againstWords(LoadTest test, Bench bench, TextLines log) {
        try (TextLines words = TextLines.ofWords(log)) {
            Series<Round> rounds = rounds(test, bench, log, words, SPLIT);
            return Row.of(
                    SPLIT,
                    "MB/s of output",
                    rounds.stats(round -> round.with().megabytesPerSecond()),
                    "the words as lines",
                    rounds.stats(round -> round.without().megabytesPerSecond()));
        }
    }

    private static String source(LoadTest test) {
        return test.lines()
                .map(file -> "lines of " + file.getFileName() + ", over and over,")
                .orElse("lines of logs");
    }

    private Row row(String step, Series<Round> rounds, Target target) {
        String unit = "ns a record";
        if (target == null) {
            return Row.of(
                    step,
                    unit,
                    rounds.stats(round -> nanos(round.with())),
                    WITHOUT,
                    rounds.stats(round -> nanos(round.without())));
        }
        return Row.of(
                step,
                unit,
                rounds.stats(round -> nanos(round.with())),
                WITHOUT,
                rounds.stats(round -> nanos(round.without())),
                target);
    }

    private Row processorRow(String step, Series<Round> rounds) {
        return Row.of(
                step + ": processor time",
                "ns a record",
                rounds.stats(round -> round.with().processorSeconds() * NANOS_PER_SECOND / records),
                WITHOUT,
                rounds.stats(round -> round.without().processorSeconds() * NANOS_PER_SECOND / records));
    }

    /** A record of the batch, not of what it becomes. */
    private double nanos(Turn turn) {
        return turn.seconds() * NANOS_PER_SECOND / records;
    }

    private static Series<Round> rounds(LoadTest test, Bench bench, TextLines lines, String step) {
        return rounds(test, bench, lines, lines, step);
    }

    /** After a round that is not counted. Who begins changes from round to round. */
    private static Series<Round> rounds(LoadTest test, Bench bench, TextLines lines, TextLines others, String step) {
        test.progress(step);
        StepTransform transform = StepTransform.of(List.of(step), TransformError.DLQ, SALT);
        Series<Round> rounds = new Series<>();
        for (int i = -1; i < test.rounds(); i++) {
            Turn before = i % 2 == 0 ? bench.plain(others) : null;
            Turn with = bench.transformed(lines, transform);
            Turn without = before == null ? bench.plain(others) : before;
            if (i >= 0) {
                rounds.add(new Round(with, without));
            }
        }
        return rounds;
    }

    /** Against the same by Java's strings. */
    private boolean check(List<String> checks, String step, TextLines lines, Bench bench, boolean splits) {
        long outputs = 0;
        long bytes = 0;
        for (String line : lines.text().split("\n", -1)) {
            String[] pieces = splits ? line.split(" ") : new String[] {line};
            outputs += pieces.length;
            for (String piece : pieces) {
                bytes += piece.length() + 1;
            }
        }
        // What stands behind the last newline is no line.
        outputs--;
        bytes--;
        Turn turn = bench.transformed(lines, StepTransform.of(List.of(step), TransformError.DLQ, SALT));
        boolean same = turn.records() == outputs && turn.bytes() == bytes;
        checks.add(String.format(
                "%s: %,d records of %,d bytes came out, as Java's strings have it: %s",
                step, turn.records(), turn.bytes(), same ? "held" : "NOT held"));
        return same;
    }

    /** Splits batches and copies them. */
    private static final class Bench implements AutoCloseable {

        private final AssignThreads threads = new AssignThreads(THREADS);
        private final BucketAssigner assigner = new BucketAssigner(THREADS, threads.executor());
        private final long body = Memory.allocate(BODY_BYTES);
        private final long seed;

        Bench(long seed) {
            this.seed = seed;
        }

        Turn plain(TextLines lines) {
            long processor = threads.processorNanos();
            long start = System.nanoTime();
            try (Assignment assignment = assigner.assign(lines.chunks(), Keying.wholeRecord(seed))) {
                return copy(assignment, start, processor);
            }
        }

        Turn transformed(TextLines lines, StepTransform transform) {
            Keying keying = new Keying(KeySpec.RECORD, MissingKey.RECORD, seed, List.of(transform));
            long processor = threads.processorNanos();
            long start = System.nanoTime();
            try (TransformedBatch batch = assigner.assignTransformed(lines.chunks(), keying);
                    ArrivalBuckets buckets = batch.newBuckets()) {
                return copy(buckets, start, processor);
            }
        }

        private Turn copy(ArrivalBuckets buckets, long start, long processor) {
            long records = 0;
            long bytes = 0;
            for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
                long inBucket = buckets.records(bucket);
                for (long first = 0; first < inBucket; ) {
                    long end = buckets.partEnd(bucket, first, Long.MAX_VALUE, BODY_BYTES);
                    bytes += buckets.copyLines(bucket, first, end, body);
                    first = end;
                }
                records += inBucket;
            }
            return new Turn(
                    (System.nanoTime() - start) / NANOS_PER_SECOND,
                    (threads.processorNanos() - processor) / NANOS_PER_SECOND,
                    records,
                    bytes);
        }

        @Override
        public void close() {
            threads.close();
            Memory.free(body, BODY_BYTES);
        }
    }
}
