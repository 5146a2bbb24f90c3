package io.decant.loadtest.powercut;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What the receiver tells the checker, a line each.
 *
 * @param ranges delivered records as the harness numbers them, inclusive
 * @param faults violations and gaps
 */
record PowerCutReport(long batches, long repeats, List<Range> ranges, List<String> faults) {

    record Range(long from, long to) {
        long count() {
            return to - from + 1;
        }
    }

    static PowerCutReport of(PowerCutLedger ledger) {
        List<Range> ranges = new ArrayList<>();
        for (int session = 0; session < Workload.SESSIONS; session++) {
            BitSet delivered = ledger.delivered(session);
            for (int from = delivered.nextSetBit(0); from >= 0; ) {
                int end = delivered.nextClearBit(from);
                ranges.add(new Range(Workload.number(session, from), Workload.number(session, end - 1)));
                from = delivered.nextSetBit(end);
            }
        }
        List<String> faults = new ArrayList<>(ledger.violations());
        faults.addAll(ledger.gaps());
        return new PowerCutReport(ledger.batches(), ledger.repeats(), ranges, faults);
    }

    /** How many records of a session were delivered. */
    long delivered(int session) {
        return ranges.stream()
                .filter(range -> range.from() / Workload.NUMBERS_PER_SESSION == session)
                .mapToLong(Range::count)
                .sum();
    }

    String text() {
        StringBuilder text = new StringBuilder("batches " + batches + "\nrepeats " + repeats + "\n");
        ranges.forEach(range -> text.append("range ")
                .append(range.from())
                .append('-')
                .append(range.to())
                .append('\n'));
        faults.forEach(fault -> text.append("fault ").append(fault).append('\n'));
        return text.toString();
    }

    static PowerCutReport parse(String text) {
        long batches = 0;
        long repeats = 0;
        List<Range> ranges = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (String line : text.lines().toList()) {
            int space = line.indexOf(' ');
            String value = line.substring(space + 1);
            switch (line.substring(0, space)) {
                case "batches" -> batches = Long.parseLong(value);
                case "repeats" -> repeats = Long.parseLong(value);
                case "range" -> {
                    int dash = value.indexOf('-');
                    ranges.add(new Range(
                            Long.parseLong(value.substring(0, dash)), Long.parseLong(value.substring(dash + 1))));
                }
                case "fault" -> faults.add(value);
                default -> throw new IllegalArgumentException("no line of a report: " + line);
            }
        }
        return new PowerCutReport(batches, repeats, ranges, faults);
    }
}
