package io.decant.loadtest.cases;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.SeenHashes;
import io.decant.loadtest.load.KeyedLines;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Machine;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import io.decant.loadtest.report.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What several keys cost: one batch in memory assigned by one, two and three keys in turn, on two threads. */
final class KeysCase implements LoadCase {

    private static final int RECORDS = 10_000_000;
    private static final int RECORDS_WHERE_SHORT = 1_000_000;
    /** The rows, and what the assignment of three keys takes. */
    private static final int MEMORY_SHARE = 4;

    private static final int THREADS = 2;
    private static final int HOT_PERCENT = 50;
    private static final String UNIT = "ns a record";
    private static final String ONE_KEY = "one key";

    private static final Target TARGET_TWO = Target.atMost(2.2);
    private static final Target TARGET_THREE = Target.atMost(3);

    /**
     * One assignment, in nanoseconds a record.
     *
     * @param took on the clock
     * @param processor time of all threads
     * @param sequential what one thread did alone, on the clock
     */
    private record Turn(double took, double processor, double sequential) {}

    /** By one, two and three keys. */
    private record Round(Turn one, Turn two, Turn three) {}

    private final int records;

    KeysCase() {
        this(
                Machine.availableBytes() > (long) MEMORY_SHARE * RECORDS * KeyedLines.LINE_BYTES
                        ? RECORDS
                        : RECORDS_WHERE_SHORT);
    }

    KeysCase(int records) {
        this.records = records;
    }

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String title() {
        return "several keys: one batch in memory assigned by one, two and three columns of CSV, two threads";
    }

    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) {
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<String> checks = new ArrayList<>();
        boolean held = true;
        try (AssignThreads threads = new AssignThreads(THREADS)) {
            BucketAssigner assigner = new BucketAssigner(THREADS, threads.executor());
            notes.add(String.format(
                    "%,d records of %d bytes; of each key, one record in ten has an earlier one's",
                    records, KeyedLines.LINE_BYTES));
            for (int hotPercent : new int[] {0, HOT_PERCENT}) {
                test.progress("a hot key in " + hotPercent + " % of the records");
                try (KeyedLines lines = new KeyedLines(records, hotPercent, test.seed())) {
                    Series<Round> rounds = new Series<>();
                    for (int i = -1; i < test.rounds(); i++) {
                        Round round = round(threads, lines, i, test.seed());
                        if (i >= 0) {
                            rounds.add(round);
                        }
                    }
                    addRows(rows, rounds, hotPercent);
                    held &= check(checks, assigner, lines, hotPercent, test.seed());
                }
            }
        }
        return new CaseReport(name(), title(), rows, notes, checks, held);
    }

    private static void addRows(List<Row> rows, Series<Round> rounds, int hotPercent) {
        boolean hot = hotPercent > 0;
        String first = hot ? ", the first in " + hotPercent + " % of the records the same" : "";
        addRows(rows, rounds, "two keys" + first, Round::two, hot ? null : TARGET_TWO);
        addRows(rows, rounds, "three keys" + first, Round::three, hot ? null : TARGET_THREE);
    }

    /** @param target of the time; null: there is none */
    private static void addRows(
            List<Row> rows, Series<Round> rounds, String what, Function<Round, Turn> several, Target target) {
        Stats took = rounds.stats(round -> several.apply(round).took());
        Stats tookByOne = rounds.stats(round -> round.one().took());
        rows.add(
                target == null
                        ? Row.of(what, UNIT, took, ONE_KEY, tookByOne)
                        : Row.of(what, UNIT, took, ONE_KEY, tookByOne, target));
        Stats processor = rounds.stats(round -> several.apply(round).processor());
        Stats processorByOne = rounds.stats(round -> round.one().processor());
        rows.add(Row.of(what + ": processor time", UNIT, processor, ONE_KEY, processorByOne));
        Stats sequential = rounds.stats(round -> several.apply(round).sequential());
        rows.add(Row.of(what + ": by one thread alone", UNIT, sequential));
    }

    /** Who begins changes from round to round. */
    private Round round(AssignThreads threads, KeyedLines lines, int number, long seed) {
        Turn[] turns = new Turn[KeyedLines.KEYS];
        for (int i = 0; i < turns.length; i++) {
            int turn = Math.floorMod(i + number, turns.length);
            turns[turn] = assign(threads, lines, keying(turn + 1, seed));
        }
        return new Round(turns[0], turns[1], turns[2]);
    }

    private static Keying keying(int keys, long seed) {
        KeySpec spec = KeySpec.parse(IntStream.rangeClosed(1, keys)
                .mapToObj(column -> "csv:" + column)
                .toList());
        return new Keying(spec, MissingKey.RECORD, seed);
    }

    private Turn assign(AssignThreads threads, KeyedLines lines, Keying keying) {
        BucketAssigner assigner = new BucketAssigner(THREADS, threads.executor());
        long processorBefore = threads.processorNanos();
        long start = System.nanoTime();
        try (Assignment assignment = assigner.assign(lines.chunks(), keying)) {
            double took = System.nanoTime() - start;
            double processor = threads.processorNanos() - processorBefore;
            return new Turn(took / records, processor / records, (double) assignment.sequentialNanos() / records);
        }
    }

    /** Whether no bucket of a batch by all keys has a value of any twice. */
    private boolean check(List<String> checks, BucketAssigner assigner, KeyedLines lines, int hotPercent, long seed) {
        Keying keying = keying(KeyedLines.KEYS, seed);
        KeyHasher hasher = keying.newHasher();
        boolean held = true;
        try (Assignment assignment = assigner.assign(lines.chunks(), keying);
                SeenHashes seen = new SeenHashes()) {
            held &= assignment.records() == records;
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                seen.clear();
                for (long i = 0; i < assignment.records(bucket); i++) {
                    held &= seen.add(hasher.hash(assignment.address(bucket, i), assignment.length(bucket, i)));
                    for (int slot = 1; slot < hasher.slots(); slot++) {
                        held &= seen.add(hasher.slot(slot));
                    }
                }
            }
            checks.add(String.format(
                    "a hot key in %d %%: %,d records in %,d buckets, none with a value of three keys twice: %s",
                    hotPercent, assignment.records(), assignment.buckets(), held ? "held" : "NOT held"));
        }
        return held;
    }
}
