package io.decant.loadtest.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which records one sink has, of all streams. It is told of each record once for each time that the sink has it, in the
 * order in which the sink got them.
 *
 * <p>Not thread-safe.
 */
final class ChaosLedger {

    /** More of a kind say nothing new. */
    private static final int FAULTS_MAX = 20;

    /** Which part of a stream a sink must have. */
    enum Scope {
        /** Every record. */
        ALL,
        /** A sink that came later: every record from some one on. */
        SUFFIX,
        /** A sink that came and left: whatever it has, in runs without a gap, as many as it came. */
        RUNS
    }

    private final String sink;
    private final Map<String, BitSet> recordsByStream = new TreeMap<>();
    private final Map<String, Long> lastByKeyAndStream = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private long faultsNotShown;
    private long records;

    /** @param sink as faults name it */
    ChaosLedger(String sink) {
        this.sink = sink;
    }

    /**
     * The sink has this text.
     *
     * @param where it was, for a fault
     * @return its record; null where it was never sent, which is a fault
     */
    ChaosRecord take(String text, String where) {
        ChaosRecord record = ChaosRecord.of(text);
        if (record == null) {
            fault(where + ": a record that was never sent: " + text);
            return null;
        }
        take(record, where);
        return record;
    }

    /** The same of a record that is known to have been sent. */
    void take(ChaosRecord record, String where) {
        BitSet ofStream = recordsByStream.computeIfAbsent(record.stream(), stream -> new BitSet());
        int number = Math.toIntExact(record.number());
        if (ofStream.get(number)) {
            fault(where + ": record " + number + " of " + record.stream() + " is there twice");
            return;
        }
        ofStream.set(number);
        records++;
        if (isOrdered(record.stream())) {
            Long before = lastByKeyAndStream.put(record.key() + " " + record.stream(), record.number());
            if (before != null && before > record.number()) {
                fault(where + ": record " + number + " of " + record.stream() + " and " + record.key()
                        + " comes after record " + before);
            }
        }
    }

    /** Rows of a table come in ranges and increments, in no order that anybody promises. */
    private static boolean isOrdered(String stream) {
        return !stream.startsWith(TableSender.STREAM);
    }

    /** Something else about the sink is wrong. */
    void fault(String what) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(sink + ": " + what);
        } else {
            faultsNotShown++;
        }
    }

    /** Records that it has. */
    long records() {
        return records;
    }

    /** Whether it has at least as many records of each stream. */
    boolean has(Map<String, Long> sent) {
        return sent.entrySet().stream().allMatch(stream -> count(stream.getKey()) >= stream.getValue());
    }

    private long count(String stream) {
        return recordsByStream.getOrDefault(stream, new BitSet()).cardinality();
    }

    /**
     * What is wrong with it at the end.
     *
     * @param sent how many records each stream has, all of them acknowledged
     * @param runsMax of {@link Scope#RUNS}: how often the sink came
     */
    List<String> faults(Map<String, Long> sent, Scope scope, int runsMax) {
        List<String> all = new ArrayList<>(faults);
        if (faultsNotShown > 0) {
            all.add(sink + ": and " + faultsNotShown + " more of these");
        }
        recordsByStream.forEach((stream, has) -> {
            long ofStream = sent.getOrDefault(stream, 0L);
            if (has.length() > ofStream) {
                all.add(sink + ": record " + (has.length() - 1) + " of " + stream + ", of which " + ofStream
                        + " were sent");
            }
        });
        sent.forEach((stream, count) -> check(stream, Math.toIntExact(count), scope, runsMax, all));
        return all;
    }

    private void check(String stream, int count, Scope scope, int runsMax, List<String> all) {
        BitSet has = recordsByStream.getOrDefault(stream, new BitSet());
        switch (scope) {
            case ALL -> checkFrom(0, has, stream, count, all);
            case SUFFIX -> {
                if (isOrdered(stream) && count > 0) {
                    int from = has.nextSetBit(0);
                    checkFrom(from < 0 ? 0 : from, has, stream, count, all);
                }
            }
            case RUNS -> {
                int runs = runs(has);
                if (isOrdered(stream) && runs > runsMax) {
                    int last = has.nextClearBit(has.nextSetBit(0)) - 1;
                    all.add(sink + ": records of " + stream + " in " + runs + " runs, but the sink was added " + runsMax
                            + " times; the first gap is behind record " + last);
                }
            }
        }
    }

    private void checkFrom(int from, BitSet has, String stream, int count, List<String> all) {
        int missing = has.nextClearBit(from);
        if (missing < count) {
            int lost = count - from - has.get(from, count).cardinality();
            int next = has.nextSetBit(missing);
            all.add(sink + ": " + lost + " of " + count + " records of " + stream + " are missing, from record "
                    + missing + " to " + ((next < 0 ? count : Math.min(next, count)) - 1));
        }
    }

    private static int runs(BitSet has) {
        int runs = 0;
        for (int from = has.nextSetBit(0); from >= 0; from = has.nextSetBit(has.nextClearBit(from))) {
            runs++;
        }
        return runs;
    }
}
