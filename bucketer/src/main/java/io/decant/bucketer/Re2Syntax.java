package io.decant.bucketer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;

/**
 * Checks a regular expression for RE2. What Java's engine has and RE2 has not, or has with another meaning, is told by
 * name and place; what both have with a slightly different meaning is listed in {@link #differing}. For one use.
 */
public final class Re2Syntax {

    /**
     * The most steps that an expression may have once its counted repeats are written out: each is tried at each
     * character, and matching recurses over those that may be empty.
     */
    static final int STEPS_MAX = 2_000;

    private static final int REPEAT_MAX = 1_000;
    private static final int COUNT_DIGITS_MAX = 9;
    private static final java.util.regex.Pattern COUNTS = java.util.regex.Pattern.compile("([0-9]+)(?:,([0-9]*))?");
    private static final String KNOWN_ESCAPES = "aAbBdDfnrsStwWxz";
    private static final String UNSUPPORTED_FLAGS = "dux";
    private static final Map<Character, String> INSTEAD = Map.of(
            'h', "write [ \\t]",
            'H', "write [^ \\t]",
            'R', "write \\r?\\n",
            'Z', "write $",
            'G', "write ^",
            'u', "write \\x{...}",
            'e', "write \\x1B",
            'v', "write \\x0B for a vertical tab, or [\\n\\x0B\\f\\r]",
            'V', "write [^\\n\\x0B\\f\\r]",
            'k', "write the expression without it");

    private final String expression;
    private final NavigableSet<String> differing = new TreeSet<>();
    private final Deque<Long> outerSteps = new ArrayDeque<>();
    private int at;
    /** Steps of the group that is open, without those of what was read last, which may be repeated yet. */
    private long steps;

    private long lastSteps;

    private Re2Syntax(String expression) {
        this.expression = expression;
    }

    /**
     * Refuses what RE2 does not take as it is meant.
     *
     * @throws KeySpecException naming the construct and where it is, from 1
     */
    static void check(String expression) {
        if (compiled(expression).groupCount() < 1) {
            throw new KeySpecException("has no group 1", "put the key in parentheses, e.g. regex:id=([0-9]+)");
        }
    }

    /**
     * The same for an expression that needs no group.
     *
     * @throws KeySpecException naming the construct and where it is, from 1
     */
    public static Pattern compiled(String expression) {
        new Re2Syntax(expression).read();
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new KeySpecException("has an expression that does not compile: " + reason(expression, e), "");
        }
    }

    /** Java's engine says where a mistake is; RE2/J does not. */
    private static String reason(String expression, PatternSyntaxException refused) {
        try {
            java.util.regex.Pattern.compile(expression);
            return refused.getDescription();
        } catch (java.util.regex.PatternSyntaxException e) {
            return withoutQuotes(e.getDescription()) + " at " + e.getIndex();
        }
    }

    /**
     * Behind these marks a description quotes the expression, which may have come from a variable; a single character
     * may show.
     */
    private static String withoutQuotes(String description) {
        return description.replaceFirst("(?s)((?:[^{<\"']|'.')*+).*", "$1").strip();
    }

    /**
     * Which of {@code $}, {@code .}, {@code \b} and {@code \s} an expression that was checked has: they match in other
     * places, or other characters, than with Java's engine.
     */
    static NavigableSet<String> differing(String expression) {
        Re2Syntax syntax = new Re2Syntax(expression);
        syntax.read();
        return syntax.differing;
    }

    private void read() {
        while (at < expression.length()) {
            char c = expression.charAt(at);
            switch (c) {
                case '\\' -> escape(false);
                case '[' -> bracket();
                case '(' -> open();
                case ')' -> close();
                case '*', '+', '?' -> repeat(1);
                case '{' -> counted();
                default -> {
                    if (c == '$' || c == '.') {
                        differing.add(String.valueOf(c));
                    }
                    step(1);
                }
            }
        }
        addLast();
    }

    /** Reads {@code length} characters that are one step. */
    private void step(int length) {
        addLast();
        lastSteps = 1;
        at += length;
    }

    private void addLast() {
        steps += lastSteps;
        lastSteps = 0;
        if (steps > STEPS_MAX) {
            throw new KeySpecException(
                    "has an expression of more than " + STEPS_MAX + " steps once its repeats are written out",
                    "write smaller counts in braces, or * or +");
        }
    }

    private char charAt(int index) {
        return index < expression.length() ? expression.charAt(index) : 0;
    }

    private KeySpecException refused(String construct, String wayOut) {
        return new KeySpecException(
                "has " + construct + " at character " + (at + 1)
                        + " of its expression, which RE2 does not have or takes for something else",
                wayOut);
    }

    private void escape(boolean inClass) {
        char c = charAt(at + 1);
        if (c == 'Q' && !inClass) {
            quotation();
            return;
        }
        if (c >= '1' && c <= '9') {
            throw refused("a back reference (\\" + c + ")", INSTEAD.get('k'));
        }
        if (c == '0') {
            throw refused("an octal escape (\\0)", "write \\x{...}");
        }
        if (c == 'p' || c == 'P') {
            property(c);
            return;
        }
        if (isLetter(c) && KNOWN_ESCAPES.indexOf(c) < 0) {
            throw refused(
                    (c == 'k' ? "a back reference (\\" : "the escape (\\") + c + ")",
                    INSTEAD.getOrDefault(c, "write the characters that are meant"));
        }
        if (c == 's' || c == 'S') {
            differing.add("\\s");
        } else if (c == 'b' || c == 'B') {
            differing.add("\\b");
        }
        int length = 2;
        if (c == 'x' && charAt(at + 2) == '{') {
            length = Math.max(length, expression.indexOf('}', at) + 1 - at);
        } else if (c == 'x') {
            length = 4;
        }
        if (inClass) {
            at += length;
        } else {
            step(length);
        }
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private void quotation() {
        int end = expression.indexOf("\\E", at + 2);
        int from = at + 2;
        at = end < 0 ? expression.length() : end + 2;
        addLast();
        steps += Math.max(0, (end < 0 ? expression.length() : end) - from - 1);
        lastSteps = 1;
    }

    private void property(char p) {
        int end = charAt(at + 2) == '{' ? expression.indexOf('}', at) + 1 : at + 3;
        if (end <= at || end > expression.length() || !isKnown(expression.substring(at, end))) {
            throw refused(
                    "a class (\\" + p + "{...}) of a name",
                    "write a general category or a script, e.g. \\p{L} or \\p{Greek}, or list the characters,"
                            + " e.g. [A-Za-z]");
        }
        step(end - at);
    }

    private static boolean isKnown(String property) {
        try {
            Pattern.compile(property);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private void bracket() {
        step(0);
        at += charAt(at + 1) == '^' ? 2 : 1;
        boolean first = true;
        while (at < expression.length() && (first || expression.charAt(at) != ']')) {
            first = false;
            char c = expression.charAt(at);
            if (c == '\\') {
                long before = steps;
                escape(true);
                steps = before;
                lastSteps = 1;
            } else if (c == '[') {
                throw refused("a class or bracket ([) within a class", "write \\[ for a bracket, or one class for all");
            } else if (c == '&' && charAt(at + 1) == '&') {
                throw refused("an intersection (&&) in a class", "list the characters of both, or write & once");
            } else {
                at++;
            }
        }
        at++;
    }

    private void open() {
        addLast();
        outerSteps.push(steps);
        steps = 0;
        at++;
        if (charAt(at) != '?') {
            return;
        }
        char kind = charAt(at + 1);
        char next = charAt(at + 2);
        if (kind == '>') {
            throw refused("an atomic group (?>", "write (?:");
        }
        if (kind == '=' || kind == '!' || (kind == '<' && (next == '=' || next == '!'))) {
            throw refused(
                    "a look-" + (kind == '<' ? "behind (?<" + next : "ahead (?" + kind),
                    "match what is around the key as well; the key is group 1 only");
        }
        if (kind == '<' || kind == 'P') {
            at = Math.max(at + 1, expression.indexOf('>', at) + 1);
            return;
        }
        flags();
    }

    private void flags() {
        at++;
        while (isLetter(charAt(at)) || charAt(at) == '-') {
            char flag = charAt(at);
            if (UNSUPPORTED_FLAGS.indexOf(flag) >= 0 || flag == 'U') {
                throw refused("the flag " + flag + " (?" + flag + ")", "write the expression without it");
            }
            at++;
        }
        if (charAt(at) == ')') {
            close();
        } else {
            at++;
        }
    }

    private void close() {
        addLast();
        long inner = steps;
        steps = outerSteps.isEmpty() ? 0 : outerSteps.pop();
        lastSteps = inner;
        at++;
    }

    /** Reads a repeat's sign, with what may follow. */
    private void repeat(int length) {
        at += length;
        char next = charAt(at);
        if (next == '+') {
            at--;
            throw refused("a possessive repeat (" + expression.charAt(at) + "+)", "write it without the +");
        }
        at += next == '?' ? 1 : 0;
    }

    private void counted() {
        int end = expression.indexOf('}', at);
        Matcher counts = COUNTS.matcher(end < 0 ? "" : expression.substring(at + 1, end));
        if (!counts.matches()) {
            step(1);
            return;
        }
        long most = Math.max(1, Math.max(count(counts.group(1)), count(counts.group(2))));
        if (most > REPEAT_MAX) {
            throw refused("a repeat of more than " + REPEAT_MAX + " times ({)", "write a smaller count, or * or +");
        }
        lastSteps *= most;
        repeat(end + 1 - at);
    }

    private static long count(String digits) {
        if (digits == null || digits.isEmpty()) {
            return 0;
        }
        return digits.length() > COUNT_DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(digits);
    }
}
