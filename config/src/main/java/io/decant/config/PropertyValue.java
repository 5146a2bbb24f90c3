package io.decant.config;

import java.util.Objects;

/**
 * The value of a property that is handed through to a library as it is.
 *
 * @param secret whether it must not show: its name says so, or it came from the environment
 */
public record PropertyValue(String value, boolean secret) {

    public PropertyValue {
        Objects.requireNonNull(value, "value");
    }

    /** What may be shown of it. */
    @Override
    public String toString() {
        return secret ? Secret.HIDDEN : value;
    }
}
