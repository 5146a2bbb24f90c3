package io.decant.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * All there is to say about one setting: from this come its validation, its default and its line in the reference page.
 *
 * @param <R> the record of its section
 * @param key the key in its section
 * @param fallback the value where none is given; empty: one must be given
 * @param accessor its value in the record
 * @param doc one or more sentences for the reference page, in Markdown
 */
record Setting<R, T>(String key, ValueType<T> type, Optional<T> fallback, Function<R, T> accessor, String doc) {

    /**
     * For the constructors of the records.
     *
     * @throws IllegalArgumentException if the value could not have come from a file
     */
    void check(T value) {
        try {
            type.check(value);
        } catch (InvalidValue e) {
            throw new IllegalArgumentException(key + " " + e.getMessage(), e);
        }
    }

    Optional<T> read(Raw.Mapping section, String path, Input input) {
        Raw raw = section.fields().get(key);
        if (isSet(section)) {
            return type.read(raw, Input.join(path, key), input);
        }
        if (fallback.isEmpty()) {
            Location location = raw == null ? section.location() : raw.location();
            input.problems().add(location, Input.join(path, key), "", "is required", "give it a value");
        }
        return fallback;
    }

    /** Whether it has a value of its own there. */
    boolean isSet(Raw.Mapping section) {
        Raw raw = section.fields().get(key);
        return raw != null && !(raw instanceof Raw.Scalar scalar && scalar.absent());
    }

    Raw write(R section) {
        return type.write(accessor.apply(section));
    }
}
