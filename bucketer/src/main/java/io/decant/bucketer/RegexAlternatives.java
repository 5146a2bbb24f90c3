package io.decant.bucketer;

import java.util.BitSet;
import java.util.List;

/**
 * A part of a simple regular expression that is one of several rows of steps, or nothing where it is optional. No two
 * rows can match at the same place, as they begin differently, so their order does not matter. Owned by one thread.
 */
final class RegexAlternatives extends RegexStep {

    private final RegexStep[][] alternatives;
    private long looked;

    /**
     * @param alternatives each begins with a step that takes something, and holds no alternatives itself
     * @param optional whether it can match nothing
     */
    RegexAlternatives(List<List<RegexStep>> alternatives, boolean optional) {
        super(first(alternatives), optional ? 0 : 1, 1);
        this.alternatives = alternatives.stream()
                .map(steps -> steps.toArray(new RegexStep[0]))
                .toArray(RegexStep[][]::new);
    }

    private static BitSet first(List<List<RegexStep>> alternatives) {
        BitSet first = new BitSet(BYTES_END);
        alternatives.forEach(steps -> first.or(steps.get(0).set()));
        return first;
    }

    /** Whether the two begin with as many single characters, and then differ in one that both must have. */
    static boolean areApart(List<RegexStep> one, List<RegexStep> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            RegexStep here = one.get(i);
            RegexStep there = other.get(i);
            if (here.min() == 0 || there.min() == 0) {
                return false;
            }
            if (!here.intersects(there)) {
                return true;
            }
            if (!here.isSingle() || !there.isSingle()) {
                return false;
            }
        }
        return false;
    }

    @Override
    boolean isDecidedBefore(BitSet follow) {
        for (RegexStep[] steps : alternatives) {
            if (!areDecidedBefore(List.of(steps), follow)) {
                return false;
            }
        }
        return super.isDecidedBefore(follow);
    }

    /** Behind the alternative that is there, or {@code from} where none is. */
    @Override
    long take(long from, long end) {
        looked = 0;
        for (RegexStep[] steps : alternatives) {
            long taken = takeAll(steps, from, end);
            if (taken > from) {
                return taken;
            }
        }
        return from;
    }

    @Override
    long looked() {
        return looked;
    }

    private long takeAll(RegexStep[] steps, long from, long end) {
        long at = from;
        for (RegexStep step : steps) {
            long taken = step.take(at, end);
            if (taken - at < step.min()) {
                looked += taken - from + 1;
                return from;
            }
            at = taken;
        }
        return at;
    }
}
