package io.decant.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings that cannot stand together.
 *
 * @param values the values at fault by their dotted keys; any of the keys may be the one to blame. They include every
 *     value that {@code text} or {@code wayOut} shows: one that came from a variable is taken out of there
 * @param text what is wrong, read after the value
 * @param wayOut what to do about it
 */
public record Conflict(Map<String, String> values, String text, String wayOut) {

    /** Of two settings, the one to blame first. */
    static Conflict of(String key, Object value, String otherKey, Object otherValue, String text, String wayOut) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(key, value.toString());
        values.put(otherKey, otherValue.toString());
        return new Conflict(values, text, wayOut);
    }
}
