package io.decant.loadtest.report;

import java.util.Optional;

/**
 * A line of the table.
 *
 * @param what was measured
 * @param unit of both figures
 * @param ours Decant's
 * @param against what it is compared with, where it is
 * @param theirs its figure in the same rounds
 * @param target of the ratio, where there is one
 */
public record Row(
        String what,
        String unit,
        Stats ours,
        Optional<String> against,
        Optional<Stats> theirs,
        Optional<Target> target) {

    /** A ratio with a target. */
    public static Row of(String what, String unit, Stats ours, String against, Stats theirs, Target target) {
        return new Row(what, unit, ours, Optional.of(against), Optional.of(theirs), Optional.of(target));
    }

    /** A ratio without one. */
    public static Row of(String what, String unit, Stats ours, String against, Stats theirs) {
        return new Row(what, unit, ours, Optional.of(against), Optional.of(theirs), Optional.empty());
    }

    /** A figure by itself. */
    public static Row of(String what, String unit, Stats ours) {
        return new Row(what, unit, ours, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Ours by theirs, round by round. */
    public Optional<Stats> ratio() {
        return theirs.map(ours::over);
    }

    /** Whether the median of the ratios is what it shall be; empty where nothing is asked. */
    public Optional<Boolean> met() {
        return target.flatMap(bound -> ratio().map(ratio -> bound.isMet(ratio.median())));
    }
}
