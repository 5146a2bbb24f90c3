package io.decant.bucketer;

import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Where the key of a record is, as a cut writes it:
 *
 * <table>
 * <caption>Kinds of keys</caption>
 * <tr><td>{@code record}</td><td>the whole record</td></tr>
 * <tr><td>{@code kafka-key}</td><td>the key beside the value of a Kafka record; a line has none</td></tr>
 * <tr><td>{@code json:/pointer}</td><td>the value at a JSON pointer (RFC 6901); see {@link JsonKeyExtractor}</td></tr>
 * <tr><td>{@code csv:N}</td><td>field N, from 1, of a CSV row (RFC 4180); see {@link CsvKeyExtractor}</td></tr>
 * <tr><td>{@code re2:EXPR}</td><td>group 1 of the first match of an RE2 expression; see
 * {@link Re2KeyExtractor}</td></tr>
 * <tr><td>{@code regex:EXPR}</td><td>the same of one of Java's, as 0.1.0 cut batches by it; see
 * {@link RegexKeyExtractor}</td></tr>
 * </table>
 *
 * <p>The settings write {@code regex:EXPR} for what is {@code re2:EXPR} here: a cut says which engine its keys come
 * from, and keeps it.
 *
 * <p>Immutable; any thread. Two are equal when their texts are.
 */
public final class KeySpec {

    /** The whole record is the key. */
    public static final KeySpec RECORD = new KeySpec("record", RecordKeyExtractor::new);

    /** The key that a record of Kafka has beside its value. */
    public static final KeySpec KAFKA_KEY = new KeySpec("kafka-key", KafkaKeyExtractor::new);

    private static final String JSON = "json:";
    private static final String CSV = "csv:";
    private static final String RE2 = "re2:";
    private static final String REGEX = "regex:";
    private static final String CHOICES =
            "record, kafka-key, json:/pointer, csv:N (from 1) or regex:EXPR (the key is group 1)";

    private final String text;
    private final Supplier<KeyExtractor> extractors;

    private KeySpec(String text, Supplier<KeyExtractor> extractors) {
        this.text = text;
        this.extractors = extractors;
    }

    /**
     * Reads a specification.
     *
     * @throws KeySpecException when it is none
     */
    public static KeySpec of(String text) {
        Objects.requireNonNull(text, "text");
        if (text.equals(RECORD.text)) {
            return RECORD;
        }
        if (text.equals(KAFKA_KEY.text)) {
            return KAFKA_KEY;
        }
        if (text.startsWith(JSON)) {
            JsonPath path = JsonPath.of(text.substring(JSON.length()));
            return new KeySpec(text, () -> new JsonKeyExtractor(path));
        }
        if (text.startsWith(CSV)) {
            int column = column(text);
            return new KeySpec(text, () -> new CsvKeyExtractor(column));
        }
        if (text.startsWith(RE2)) {
            String expression = text.substring(RE2.length());
            checkRe2(text, expression);
            return new KeySpec(text, () -> new Re2KeyExtractor(expression));
        }
        if (text.startsWith(REGEX)) {
            Pattern pattern = pattern(text);
            return new KeySpec(text, () -> new RegexKeyExtractor(pattern));
        }
        throw new KeySpecException("'" + text + "' is no key; write " + CHOICES);
    }

    private static int column(String text) {
        String digits = text.substring(CSV.length());
        try {
            int column = Integer.parseInt(digits);
            if (column >= 1) {
                return column;
            }
        } catch (NumberFormatException e) {
            throw new KeySpecException("'" + text + "': '" + digits + "' is no column; columns count from 1", e);
        }
        throw new KeySpecException("'" + text + "': columns count from 1");
    }

    private static void checkRe2(String text, String expression) {
        try {
            requireGroup(text, com.google.re2j.Pattern.compile(expression).groupCount());
        } catch (com.google.re2j.PatternSyntaxException e) {
            throw new KeySpecException("'" + text + "': " + e.getDescription() + ": " + e.getPattern(), e);
        }
    }

    private static void requireGroup(String text, int groups) {
        if (groups < 1) {
            throw new KeySpecException("'" + text + "' has no group; put the part that is the key in (parentheses)");
        }
    }

    private static Pattern pattern(String text) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(text.substring(REGEX.length()));
        } catch (PatternSyntaxException e) {
            throw new KeySpecException(
                    "'" + text + "': " + e.getDescription() + " at character " + (REGEX.length() + e.getIndex() + 1),
                    e);
        }
        requireGroup(text, pattern.matcher("").groupCount());
        return pattern;
    }

    /** An extractor for the use of one thread. */
    public KeyExtractor newExtractor() {
        return extractors.get();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeySpec spec && spec.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text it was made of. */
    @Override
    public String toString() {
        return text;
    }
}
