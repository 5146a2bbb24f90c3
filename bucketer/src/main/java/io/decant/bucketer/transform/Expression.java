package io.decant.bucketer.transform;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.decant.bucketer.RecordText;
import io.decant.bucketer.RegexScanner;

/**
 * A regular expression of RE2 at work on values, which are read as UTF-8 (see {@link RecordText}). Simple ones are
 * matched by a {@link RegexScanner} or as {@link Literals}, with the same result. Positions are addresses. Owned by one
 * thread.
 */
final class Expression {

    private final RecordText text = new RecordText();
    private final Matcher matcher;
    /** For any match; null where there is more to it. */
    private final Literals literals;
    /** For any match; null where there is none. */
    private final RegexScanner finder;
    /** For one match after the other, none of them empty; null where there is none. */
    private final RegexScanner iterator;

    private long address;
    private long end;
    private long at;
    private boolean byMatcher;
    private long matchStart;
    private long matchEnd;

    Expression(String expression) {
        Pattern pattern = Pattern.compile(expression);
        matcher = pattern.matcher(text);
        literals = Literals.of(expression).orElse(null);
        finder = literals == null ? RegexScanner.ofWhole(expression) : null;
        boolean matchesEmpty = pattern.matcher("").find();
        iterator = matchesEmpty ? null : RegexScanner.of("(" + expression + ")");
    }

    /** Whether it matches anywhere in the value. */
    boolean find(long from, int length) {
        if (literals != null) {
            return literals.find(from, from + length);
        }
        if (finder != null) {
            RegexScanner.Result result = finder.find(from, from + length);
            if (result != RegexScanner.Result.UNDECIDED) {
                return result == RegexScanner.Result.MATCH;
            }
        }
        match(from, length);
        return matcher.find();
    }

    /** Turns to a value, of which {@link #next} finds the matches. */
    void begin(long from, int length) {
        address = from;
        end = from + length;
        at = from;
        byMatcher = iterator == null;
        if (byMatcher) {
            match(from, length);
        }
    }

    private void match(long from, int length) {
        text.set(from, length);
        matcher.reset();
    }

    /** Goes to the next match; false where there is none. */
    boolean next() {
        if (!byMatcher) {
            RegexScanner.Result result = at > end ? RegexScanner.Result.NO_MATCH : iterator.find(at, end);
            if (result == RegexScanner.Result.NO_MATCH) {
                return false;
            }
            if (result == RegexScanner.Result.MATCH) {
                matchStart = iterator.groupStart();
                matchEnd = iterator.groupEnd();
                at = matchEnd;
                return true;
            }
            byMatcher = true;
            match(address, (int) (end - address));
        }
        while (matcher.find()) {
            matchStart = address + text.byteOffset(matcher.start());
            matchEnd = address + text.byteOffset(matcher.end());
            if (matchStart >= at) {
                return true;
            }
        }
        return false;
    }

    /** Where the match begins. */
    long start() {
        return matchStart;
    }

    /** Where the match ends. */
    long end() {
        return matchEnd;
    }

    /** Has the groups of the match be known; call it before asking for one. */
    void findGroups() {
        if (!byMatcher) {
            byMatcher = true;
            match(address, (int) (end - address));
            boolean found = matcher.find();
            while (found && address + text.byteOffset(matcher.start()) < matchStart) {
                found = matcher.find();
            }
        }
    }

    /** Whether a group took part in the match. */
    boolean hasGroup(int group) {
        return matcher.start(group) >= 0;
    }

    /** Where a group begins. */
    long start(int group) {
        return address + text.byteOffset(matcher.start(group));
    }

    /** Where a group ends. */
    long end(int group) {
        return address + text.byteOffset(matcher.end(group));
    }
}
