package io.decant.config;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A value written as one word or text.
 *
 * @param described with its article: {@code a duration}
 * @param range the range, the choices or the form, for the reference page
 * @param parser throws {@link InvalidValue}
 * @param printer what the parser reads back
 * @param rule throws {@link InvalidValue} for values that parse and cannot be used
 * @param shown what of a refused text may stand in an error, beside that nothing does that came from a variable
 */
record ScalarType<T>(
        String described,
        String range,
        Function<String, T> parser,
        Function<T, String> printer,
        Consumer<T> rule,
        UnaryOperator<String> shown)
        implements ValueType<T> {

    @Override
    public String name() {
        return described.substring(described.indexOf(' ') + 1);
    }

    @Override
    public Optional<T> read(Raw raw, String key, Input input) {
        if (!(raw instanceof Raw.Scalar scalar)) {
            input.wrongType(raw, key, described);
            return Optional.empty();
        }
        String text = scalar.text();
        try {
            text = isSecret()
                    ? input.environment().expandSecret(text)
                    : input.environment().expand(text);
            T value = parser.apply(text);
            rule.accept(value);
            return Optional.of(value);
        } catch (InvalidValue e) {
            boolean empty = text.isEmpty();
            // As it was written: what a variable holds may be a secret that was put into the wrong place.
            String written = Environment.refersToVariable(scalar.text()) ? scalar.text() : text;
            input.problems()
                    .add(
                            raw.location(),
                            key,
                            empty ? "" : shown.apply(written),
                            empty ? "an empty value " + e.text() : e.text(),
                            e.wayOut());
            return Optional.empty();
        }
    }

    /** A text of which nothing may be shown. */
    private boolean isSecret() {
        return shown.apply("").equals(Secret.HIDDEN);
    }

    @Override
    public Raw write(T value) {
        return Raw.Scalar.of(Environment.escape(printer.apply(value)));
    }

    @Override
    public void check(T value) {
        rule.accept(value);
    }
}
