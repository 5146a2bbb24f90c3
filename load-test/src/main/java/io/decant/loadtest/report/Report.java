package io.decant.loadtest.report;

import java.time.Instant;
import java.util.List;

/**
 * All that a load test found.
 *
 * @param version of Decant
 * @param at when it began
 * @param machine where
 * @param limit what the limit is written in
 * @param rounds of each case
 * @param seconds of each round; 0 where each case has its own
 * @param cases in order
 */
public record Report(
        String version, Instant at, Machine machine, String limit, int rounds, int seconds, List<CaseReport> cases) {

    public Report {
        cases = List.copyOf(cases);
    }

    /** The same with what was found since. */
    public Report with(List<CaseReport> found) {
        return new Report(version, at, machine, limit, rounds, seconds, found);
    }

    /** Whether everything that was delivered was right; how fast it was is another question. */
    public boolean verified() {
        return cases.stream().allMatch(CaseReport::verified);
    }
}
