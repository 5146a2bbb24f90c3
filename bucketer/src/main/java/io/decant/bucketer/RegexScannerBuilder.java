package io.decant.bucketer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes a {@link RegexScanner} of an expression, if it is simple enough: ASCII characters, {@code .}, classes, the
 * escapes {@code \d \D \w \W \s \S \t \n \r \f} and escaped punctuation, groups that are not repeated but may be
 * optional, alternatives in groups of which no two can match at the same place, greedy repeats, {@code ^} at the start
 * and {@code $} at the end. Group 1 takes part in every match. Whatever else there is, it leaves to RE2, which must have
 * accepted the expression. For one use.
 */
final class RegexScannerBuilder {

    private static final String REPEATS = "*+?{";
    private static final String OTHERS = ")|^$";
    private static final int REPEAT_MAX = 1000;

    /** Thrown at what is not simple. */
    private static final class NotSimpleException extends Exception {
        private NotSimpleException() {
            super("not simple", null, false, false);
        }
    }

    private final String expression;
    private final List<RegexStep> steps = new ArrayList<>();
    private int at;
    private int groups;
    private int groupFrom;
    private int groupTo;
    private final boolean whole;

    /** @param whole whether the match as a whole is what is looked for, and not group 1 */
    RegexScannerBuilder(String expression, boolean whole) {
        this.expression = expression;
        this.whole = whole;
        this.groups = whole ? 1 : 0;
    }

    /** Null when the expression is not simple enough. */
    RegexScanner build() {
        try {
            boolean fromStart = next('^');
            sequence();
            boolean toEnd = next('$');
            if (at < expression.length()
                    || groups == 0
                    || !RegexStep.areDecidedBefore(steps, new BitSet(RegexStep.BYTES_END))) {
                return null;
            }
            if (whole) {
                groupTo = steps.size();
            }
            return new RegexScanner(steps, groupFrom, groupTo, fromStart, toEnd);
        } catch (NotSimpleException e) {
            return null;
        }
    }

    private int peek() {
        return at < expression.length() ? expression.charAt(at) : -1;
    }

    private boolean next(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private char take() throws NotSimpleException {
        if (at == expression.length()) {
            throw new NotSimpleException();
        }
        return expression.charAt(at++);
    }

    private void sequence() throws NotSimpleException {
        while (at < expression.length() && OTHERS.indexOf(peek()) < 0) {
            if (next('(')) {
                group();
            } else {
                BitSet set = atom();
                int from = at;
                int[] times = repeat();
                if (at > from && at < expression.length() && REPEATS.indexOf(peek()) >= 0) {
                    throw new NotSimpleException();
                }
                RegexStep step = new RegexStep(set, times[0], times[1]);
                if (step.countsCharacters()) {
                    throw new NotSimpleException();
                }
                steps.add(step);
            }
        }
    }

    private void group() throws NotSimpleException {
        int number = 0;
        if (next('?')) {
            if (take() != ':') {
                throw new NotSimpleException();
            }
        } else {
            number = ++groups;
        }
        int from = steps.size();
        int groupsBefore = groups;
        List<List<RegexStep>> alternatives = new ArrayList<>();
        do {
            steps.subList(from, steps.size()).clear();
            sequence();
            alternatives.add(List.copyOf(steps.subList(from, steps.size())));
        } while (next('|'));
        if (!next(')')) {
            throw new NotSimpleException();
        }
        boolean optional = next('?');
        if (at < expression.length() && REPEATS.indexOf(peek()) >= 0) {
            throw new NotSimpleException();
        }
        if (optional || alternatives.size() > 1) {
            if ((optional && number == 1) || (groupsBefore == 0 && groups > 0)) {
                // Group 1 would take part in some matches only.
                throw new NotSimpleException();
            }
            steps.subList(from, steps.size()).clear();
            steps.add(choice(alternatives, optional));
        }
        if (number == 1) {
            groupFrom = from;
            groupTo = steps.size();
        }
    }

    private static RegexStep choice(List<List<RegexStep>> alternatives, boolean optional) throws NotSimpleException {
        for (int i = 0; i < alternatives.size(); i++) {
            List<RegexStep> one = alternatives.get(i);
            if (one.isEmpty() || one.get(0).min() == 0 || one.stream().anyMatch(RegexAlternatives.class::isInstance)) {
                throw new NotSimpleException();
            }
            for (List<RegexStep> other : alternatives.subList(0, i)) {
                if (!RegexAlternatives.areApart(one, other)) {
                    throw new NotSimpleException();
                }
            }
        }
        return new RegexAlternatives(alternatives, optional);
    }

    private BitSet atom() throws NotSimpleException {
        char c = take();
        return switch (c) {
            case '.' -> not(of('\n'));
            case '[' -> bracket();
            case '\\' -> escape();
            default -> {
                if (REPEATS.indexOf(c) >= 0) {
                    throw new NotSimpleException();
                }
                yield of(c);
            }
        };
    }

    private static BitSet of(char c) throws NotSimpleException {
        return range(c, c);
    }

    private static BitSet range(char from, char to) throws NotSimpleException {
        if (to >= RegexStep.ASCII_END || from > to) {
            throw new NotSimpleException();
        }
        BitSet set = new BitSet(RegexStep.BYTES_END);
        set.set(from, to + 1);
        return set;
    }

    /** All characters but those, everything beyond ASCII among them. */
    private static BitSet not(BitSet set) {
        set.flip(0, RegexStep.BYTES_END);
        return set;
    }

    private BitSet escape() throws NotSimpleException {
        char c = take();
        return switch (c) {
            case 'd' -> range('0', '9');
            case 'D' -> not(range('0', '9'));
            case 'w' -> word();
            case 'W' -> not(word());
            case 's' -> space();
            case 'S' -> not(space());
            case 't' -> of('\t');
            case 'n' -> of('\n');
            case 'r' -> of('\r');
            case 'f' -> of('\f');
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw new NotSimpleException();
                }
                yield of(c);
            }
        };
    }

    private static BitSet word() throws NotSimpleException {
        BitSet set = range('0', '9');
        set.or(range('A', 'Z'));
        set.or(range('a', 'z'));
        set.or(of('_'));
        return set;
    }

    private static BitSet space() throws NotSimpleException {
        BitSet set = of(' ');
        set.or(range('\t', '\n'));
        set.or(range('\f', '\r'));
        return set;
    }

    private BitSet bracket() throws NotSimpleException {
        boolean negated = next('^');
        BitSet set = new BitSet(RegexStep.BYTES_END);
        do {
            set.or(member());
        } while (!next(']'));
        return negated ? not(set) : set;
    }

    private BitSet member() throws NotSimpleException {
        char from = take();
        if (from == ']' || from == '[' || from == '&' || from == '-') {
            throw new NotSimpleException();
        }
        BitSet set = from == '\\' ? escape() : of(from);
        if (peek() != '-' || (at + 1 < expression.length() && expression.charAt(at + 1) == ']')) {
            if (next('-')) {
                set.or(of('-'));
            }
            return set;
        }
        at++;
        char to = take();
        if (from == '\\' || to == '\\' || to == '[') {
            throw new NotSimpleException();
        }
        return range(from, to);
    }

    /** How often: at least, and at most. */
    private int[] repeat() throws NotSimpleException {
        if (next('*')) {
            return new int[] {0, RegexStep.UNBOUNDED};
        }
        if (next('+')) {
            return new int[] {1, RegexStep.UNBOUNDED};
        }
        if (next('?')) {
            return new int[] {0, 1};
        }
        if (!next('{')) {
            return new int[] {1, 1};
        }
        int min = number();
        int max = min;
        if (next(',')) {
            max = peek() == '}' ? RegexStep.UNBOUNDED : number();
        }
        if (!next('}') || min > max) {
            throw new NotSimpleException();
        }
        return new int[] {min, max};
    }

    private int number() throws NotSimpleException {
        int from = at;
        int number = 0;
        while (peek() >= '0' && peek() <= '9' && number <= REPEAT_MAX) {
            number = number * 10 + take() - '0';
        }
        if (at == from || number > REPEAT_MAX || (at - from > 1 && expression.charAt(from) == '0')) {
            throw new NotSimpleException();
        }
        return number;
    }
}
