package io.decant.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the key of a record is found. Its {@link #text()} is canonical: equal specs have equal texts. {@link #parse}
 * reads its {@link #setting()} back.
 *
 * @param kind how the record is looked at
 * @param argument the JSON pointer, the column, the expression; empty for {@link Kind#RECORD} and
 *     {@link Kind#KAFKA_KEY}
 */
public record KeySpec(Kind kind, String argument) {
    /** How a record is looked at to find its key. */
    public enum Kind {
        /** The record is its own key. */
        RECORD,
        /** The key that a Kafka record has beside its value. */
        KAFKA_KEY,
        /** The value at an RFC 6901 pointer into a JSON document. */
        JSON,
        /** A column of a CSV line, counted from 1. */
        CSV,
        /** Group 1 of the first match of an RE2 regular expression. */
        REGEX
    }

    /** The whole record is the key. */
    public static final KeySpec RECORD = new KeySpec(Kind.RECORD, "");

    private static final KeySpec KAFKA_KEY = new KeySpec(Kind.KAFKA_KEY, "");

    /**
     * Keys far to the right cost a walk over the line for every record; wider lines than this are a mistake in the
     * settings.
     */
    static final int CSV_COLUMN_MAX = 16_384;
    /**
     * An expression is compiled by recursion over its groups: a bound on its length bounds the stack. And a key stands
     * in every cut.
     */
    static final int ARGUMENT_LENGTH_MAX = 1_024;

    static final String FORMS = "record, kafka-key, json:/pointer, csv:N (from 1) or regex:EXPR (with a group 1)";

    private static final Pattern POINTER = Pattern.compile("(?:/(?:[^/~]|~[01])*+)++", Pattern.DOTALL);
    private static final Pattern COLUMN = Pattern.compile("0{0,9}([0-9]{1,9})");

    public KeySpec {
        switch (kind) {
            case RECORD, KAFKA_KEY -> {
                if (!argument.isEmpty()) {
                    throw new InvalidValue("takes no argument", "write record or kafka-key");
                }
            }
            case JSON -> checkPointer(argument);
            case CSV -> argument = canonicalColumn(argument);
            case REGEX -> checkExpression(argument);
        }
    }

    /**
     * Reads {@code record}, {@code kafka-key}, {@code json:/pointer}, {@code csv:N} or {@code regex:EXPR}.
     *
     * @throws IllegalArgumentException whose message says what is wrong and the way out, without the value
     */
    public static KeySpec parse(String text) {
        if (text.equals("record")) {
            return RECORD;
        }
        if (text.equals("kafka-key")) {
            return KAFKA_KEY;
        }
        if (text.startsWith("json:")) {
            return new KeySpec(Kind.JSON, text.substring("json:".length()));
        }
        if (text.startsWith("csv:")) {
            return new KeySpec(Kind.CSV, text.substring("csv:".length()));
        }
        if (text.startsWith("regex:")) {
            return new KeySpec(Kind.REGEX, text.substring("regex:".length()));
        }
        throw new InvalidValue("is not a key", "write " + FORMS);
    }

    /**
     * The canonical form that a cut freezes: {@code json:/user/id}, {@code re2:id=([0-9]+)}. A regular expression is
     * there with its engine, because cuts of 0.1.0 have {@code regex:} for that of Java's.
     */
    public String text() {
        return kind == Kind.REGEX ? "re2:" + argument : setting();
    }

    /** As in the settings, where {@link #parse} reads it: {@code json:/user/id}, {@code regex:id=([0-9]+)}. */
    public String setting() {
        return switch (kind) {
            case RECORD -> "record";
            case KAFKA_KEY -> "kafka-key";
            case JSON -> "json:" + argument;
            case CSV -> "csv:" + argument;
            case REGEX -> "regex:" + argument;
        };
    }

    /**
     * What the expression has of {@code $}, {@code .}, {@code \\b} and {@code \\s}, which do not match quite what they
     * did in 0.1.0; empty for other kinds.
     */
    public List<String> differingFrom010() {
        return kind == Kind.REGEX ? List.copyOf(Re2Syntax.differing(argument)) : List.of();
    }

    @Override
    public String toString() {
        return setting();
    }

    private static void checkPointer(String pointer) {
        if (pointer.length() > ARGUMENT_LENGTH_MAX) {
            throw new InvalidValue(
                    "has a JSON pointer of more than " + ARGUMENT_LENGTH_MAX + " characters", "write a shorter one");
        }
        if (!pointer.startsWith("/")) {
            throw new InvalidValue("has a JSON pointer that does not begin with /", "write e.g. json:/user/id");
        }
        if (!POINTER.matcher(pointer).matches()) {
            throw new InvalidValue("has a ~ in its JSON pointer", "write ~0 for ~ and ~1 for /");
        }
    }

    private static String canonicalColumn(String column) {
        Matcher digits = COLUMN.matcher(column);
        int number = digits.matches() ? Integer.parseInt(digits.group(1)) : 0;
        if (number < 1 || number > CSV_COLUMN_MAX) {
            throw new InvalidValue("has no column from 1 to " + CSV_COLUMN_MAX, "write csv:1 for the first column");
        }
        return Integer.toString(number);
    }

    private static void checkExpression(String expression) {
        if (expression.length() > ARGUMENT_LENGTH_MAX) {
            throw new InvalidValue(
                    "has an expression of more than " + ARGUMENT_LENGTH_MAX + " characters", "write a shorter one");
        }
        Re2Syntax.check(expression);
    }
}
