package io.decant.config;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types that settings are declared with. */
final class Types {
    private static final List<String> TRUE_OR_FALSE = List.of("true", "false");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,18}");

    static final ValueType<HostPort> ADDRESS = plain("an address", "`host:port`", HostPort::parse, HostPort::toString);

    /** An address or nothing. */
    static final ValueType<Optional<HostPort>> OPTIONAL_ADDRESS = plain(
            "an address",
            "`host:port`",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(HostPort.parse(text)),
            address -> address.map(HostPort::toString).orElse(""));

    /** The address of a server to connect to, or nothing. */
    static final ValueType<Optional<HostPort>> OPTIONAL_SERVER = new ScalarType<>(
            "an address",
            "`host:port`",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(HostPort.parse(text)),
            address -> address.map(HostPort::toString).orElse(""),
            address -> address.ifPresent(Types::requireServerPort),
            text -> text);

    static final ValueType<KeySpec> KEY_PART = plain("a key", KeySpec.FORMS, Types::parseKey, KeySpec::setting);

    static final ValueType<Boolean> YES_OR_NO = plain(
            "a word",
            quoted(TRUE_OR_FALSE),
            text -> indexOf(text, TRUE_OR_FALSE) == 0,
            value -> Boolean.toString(value));

    static final ValueType<Path> PATH = plain("a path", "", Types::parsePath, Path::toString);

    /** A path or nothing. */
    static final ValueType<Optional<Path>> OPTIONAL_PATH = plain(
            "a path", "", text -> text.isEmpty() ? Optional.empty() : Optional.of(parsePath(text)), path -> path.map(
                            Path::toString)
                    .orElse(""));

    /** Yes or no. */
    static final ValueType<Boolean> TRUTH =
            plain("a word", "`true` or `false`", Types::parseTruth, value -> Boolean.toString(value));

    private Types() {}

    private static KeySpec parseKey(String text) {
        try {
            return KeySpec.parse(text);
        } catch (KeySpecException e) {
            throw new InvalidValue(e.text(), e.wayOut());
        }
    }

    private static void requireServerPort(HostPort server) {
        if (server.port() == 0) {
            throw new InvalidValue("has port 0, where no server listens", "write the port of the server");
        }
    }

    private static boolean parseTruth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new InvalidValue("is neither true nor false", "write true or false");
        }
        return Boolean.parseBoolean(text);
    }

    /** A duration from {@code min} to {@code max}, both in the written form. */
    static ValueType<Duration> duration(String min, String max) {
        Consumer<Duration> bounds = bounds(DurationText.parse(min), DurationText.parse(max), DurationText::print);
        return bounded("a duration", min, max, DurationText::parse, DurationText::print, bounds);
    }

    /** A size from {@code min} to {@code max}, both in the written form. */
    static ScalarType<DataSize> size(String min, String max) {
        Consumer<DataSize> bounds = bounds(DataSize.parse(min), DataSize.parse(max), DataSize::toString);
        return bounded("a size", min, max, DataSize::parse, DataSize::toString, bounds);
    }

    /** Such a value, or a word in its place, which is none. */
    static <T> ValueType<Optional<T>> orWord(String word, ScalarType<T> type) {
        return new ScalarType<>(
                type.described(),
                "`" + word + "` or " + type.range(),
                text -> text.equals(word)
                        ? Optional.empty()
                        : Optional.of(type.parser().apply(text)),
                value -> value.map(type.printer()).orElse(word),
                value -> value.ifPresent(type.rule()),
                type.shown());
    }

    static ScalarType<Integer> wholeNumber(int min, int max) {
        return bounded(
                "a whole number",
                Integer.toString(min),
                Integer.toString(max),
                text -> parseWholeNumber(text, min, max),
                Object::toString,
                bounds(min, max, Object::toString));
    }

    /** One of the constants, in lower case with a hyphen for each underscore. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        List<E> values = List.of(constants.getEnumConstants());
        List<String> words = values.stream().map(Types::word).toList();
        return plain("a word", quoted(words), text -> values.get(indexOf(text, words)), Types::word);
    }

    /** One of the constants, as they are named. */
    static <E extends Enum<E>> ValueType<E> constant(Class<E> constants) {
        List<E> values = List.of(constants.getEnumConstants());
        List<String> words = values.stream().map(Enum::name).toList();
        return plain("a word", quoted(words), text -> values.get(indexOf(text, words)), Enum::name);
    }

    /** A text that matches the whole of a pattern; {@code mismatch} says what is wrong with one that does not. */
    static ValueType<String> text(String range, Pattern form, Supplier<InvalidValue> mismatch) {
        return new ScalarType<>(
                "a text",
                range,
                Function.identity(),
                Function.identity(),
                matching(form, mismatch),
                UnaryOperator.identity());
    }

    /** A text; {@code rule} throws {@link InvalidValue} for one that cannot be used. */
    static ValueType<String> text(String range, Consumer<String> rule) {
        return new ScalarType<>(
                "a text", range, Function.identity(), Function.identity(), rule, UnaryOperator.identity());
    }

    /** The same for a text that must not show. */
    static ValueType<Secret> secret(String range, Pattern form, Supplier<InvalidValue> mismatch) {
        return secret(range, matching(form, mismatch));
    }

    /**
     * A text that must not show; {@code rule} throws {@link InvalidValue} for one that cannot be used, and lets an
     * empty one pass.
     */
    static ValueType<Secret> secret(String range, Consumer<String> rule) {
        return new ScalarType<>(
                "a text",
                range,
                Secret::new,
                secret -> secret.isEmpty() ? "" : secret.toString(),
                secret -> rule.accept(secret.reveal()),
                text -> Secret.HIDDEN);
    }

    private static Consumer<String> matching(Pattern form, Supplier<InvalidValue> mismatch) {
        return text -> {
            if (!form.matcher(text).matches()) {
                throw mismatch.get();
            }
        };
    }

    /** One of the words, as it is. */
    static ValueType<String> word(Collection<String> words) {
        List<String> choices = List.copyOf(words);
        return plain("a word", quoted(choices), text -> choices.get(indexOf(text, choices)), Function.identity());
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    private static int indexOf(String text, List<String> words) {
        int index = words.indexOf(text);
        if (index < 0) {
            throw new InvalidValue("is not one of the choices", "write " + String.join(" or ", words));
        }
        return index;
    }

    private static <T> ValueType<T> plain(
            String described, String range, Function<String, T> parser, Function<T, String> printer) {
        return new ScalarType<>(described, range, parser, printer, value -> {}, UnaryOperator.identity());
    }

    private static <T> ScalarType<T> bounded(
            String described,
            String min,
            String max,
            Function<String, T> parser,
            Function<T, String> printer,
            Consumer<T> bounds) {
        return new ScalarType<>(described, min + " to " + max, parser, printer, bounds, UnaryOperator.identity());
    }

    private static <T extends Comparable<? super T>> Consumer<T> bounds(T min, T max, Function<T, String> printer) {
        return value -> {
            if (value.compareTo(min) < 0) {
                throw new InvalidValue("is too small", "the least is " + printer.apply(min));
            }
            if (value.compareTo(max) > 0) {
                throw new InvalidValue("is too large", "the most is " + printer.apply(max));
            }
        };
    }

    private static int parseWholeNumber(String text, int min, int max) {
        if (!WHOLE_NUMBER.matcher(text).matches()) {
            throw new InvalidValue("is not a whole number", "write digits only, " + min + " to " + max);
        }
        // Beyond an int is beyond any bound, and bounds() says so.
        return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(text));
    }

    static Path parsePath(String text) {
        if (text.isEmpty()) {
            throw new InvalidValue("is not a path", "write . for the folder of the file");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidValue("is not a path: " + e.getReason(), "");
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
