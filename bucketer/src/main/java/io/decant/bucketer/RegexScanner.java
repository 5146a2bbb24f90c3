package io.decant.bucketer;

import java.util.List;

/**
 * Matches regular expressions that need no search for the right way to match: a row of characters and classes, each
 * with a greedy repeat or none, and of {@linkplain RegexAlternatives alternatives}, such that what follows a repeat can
 * begin with nothing that the repeat takes. So taking as much as there is, is always right. Finds what RE2 finds, over
 * the bytes of the record.
 *
 * <p>A class either has no character beyond ASCII or all of them; those that have all are repeated without bound and at
 * least 0 or 1 times, so that bytes can be counted for characters.
 *
 * <p>From every place a match is tried, which can take more than linear time ({@code a([^x]*)x} in a record of
 * {@code a}): after {@value #WORK_PER_BYTE} steps a byte it says so, and leaves the record to RE2. Owned by one thread.
 */
public final class RegexScanner {

    /** What came of a record. */
    public enum Result {
        MATCH,
        NO_MATCH,
        /** It took too long to tell. */
        UNDECIDED
    }

    private static final long BYTES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final int WORK_PER_BYTE = 8;
    private static final int WORK_MIN = 256;
    private static final int NONE = -1;

    private final RegexStep[] steps;
    private final int groupFrom;
    private final int groupTo;
    private final boolean fromStart;
    private final boolean toEnd;
    /** The byte that every match begins with; -1 where there are several. */
    private final int firstByte;
    /** Whether every match takes something with its first step. */
    private final boolean mustTake;
    /** Whether a match that fails, fails from anywhere in what the first step took. */
    private final boolean firstTakesAll;

    private long groupStart;
    private long groupEnd;
    private long firstEnd;
    private long work;

    /**
     * @param groupFrom before which step group 1 begins
     * @param groupTo before which it ends
     * @param fromStart whether matches begin at the record's start only
     * @param toEnd whether they end at its end only
     */
    RegexScanner(List<RegexStep> steps, int groupFrom, int groupTo, boolean fromStart, boolean toEnd) {
        this.steps = steps.toArray(new RegexStep[0]);
        this.groupFrom = groupFrom;
        this.groupTo = groupTo;
        this.fromStart = fromStart;
        this.toEnd = toEnd;
        this.firstByte =
                steps.isEmpty() || steps.get(0).min() == 0 ? NONE : steps.get(0).onlyByte();
        this.mustTake = !steps.isEmpty() && steps.get(0).min() > 0;
        this.firstTakesAll = !steps.isEmpty() && steps.get(0).isUnbounded();
    }

    /** A scanner for an expression that RE2 accepts; null when it is not simple enough. */
    public static RegexScanner of(String expression) {
        return new RegexScannerBuilder(expression, false).build();
    }

    /** The same, with the whole match in place of group 1. */
    public static RegexScanner ofWhole(String expression) {
        return new RegexScannerBuilder(expression, true).build();
    }

    /** Looks for the first match in the bytes from {@code start} to {@code end}. */
    public Result find(long start, long end) {
        work = (end - start) * WORK_PER_BYTE + WORK_MIN;
        if (fromStart) {
            return matches(start, end) ? Result.MATCH : Result.NO_MATCH;
        }
        long at = start;
        while (at <= end) {
            if (firstByte != NONE) {
                at = indexOf(firstByte, at, end);
                if (at == end) {
                    return Result.NO_MATCH;
                }
            } else if (mustTake) {
                while (at < end && !steps[0].canBeginWith(Memory.getByte(at) & 0xFF)) {
                    at++;
                }
                if (at == end) {
                    return Result.NO_MATCH;
                }
            }
            if (matches(at, end)) {
                return Result.MATCH;
            }
            if (work < 0) {
                return Result.UNDECIDED;
            }
            at = firstTakesAll ? firstEnd + 1 : at + 1;
        }
        return Result.NO_MATCH;
    }

    /** Where group 1 of the match begins. */
    public long groupStart() {
        return groupStart;
    }

    /** Where group 1 of the match ends. */
    public long groupEnd() {
        return groupEnd;
    }

    private boolean matches(long from, long end) {
        long at = from;
        firstEnd = from;
        for (int i = 0; i < steps.length; i++) {
            if (i == groupFrom) {
                groupStart = at;
            }
            if (i == groupTo) {
                groupEnd = at;
            }
            RegexStep step = steps[i];
            long taken = step.take(at, end);
            if (i == 0) {
                firstEnd = taken;
            }
            work -= taken - at + 1;
            if (taken == at) {
                work -= step.looked();
            }
            if (taken - at < step.min()) {
                return false;
            }
            at = taken;
        }
        if (groupFrom == steps.length) {
            groupStart = at;
        }
        if (groupTo == steps.length) {
            groupEnd = at;
        }
        return !toEnd || at == end;
    }

    /** Where a byte is, or {@code end}. */
    private static long indexOf(int value, long from, long end) {
        long pattern = BYTES * value;
        long at = from;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            long word = Memory.getLongLittleEndian(at) ^ pattern;
            long marks = (word - BYTES) & ~word & TOPS;
            if (marks != 0) {
                return at + Lines.firstByte(marks);
            }
        }
        while (at < end && (Memory.getByte(at) & 0xFF) != value) {
            at++;
        }
        return at;
    }
}
