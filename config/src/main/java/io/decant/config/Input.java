package io.decant.config;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What reading a setting needs beside the setting: the environment, and where to put problems. */
record Input(Environment environment, Problems problems) {

    /** Says that something else was expected here; {@code expected} with its article: {@code a duration}. */
    void wrongType(Raw value, String key, String expected) {
        problems.add(value.location(), key, "", value.described() + " where " + expected + " is expected", "");
    }

    void unknownKey(Location location, String path, String key, Collection<String> known) {
        String wayOut = Nearest.to(key, known)
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElseGet(() -> "known here: " + String.join(", ", known));
        problems.add(location, join(path, key), "", "unknown key", wayOut);
    }

    /**
     * The section under {@code key}, empty where it is missing or null; nothing, and a problem, where it is no section.
     */
    Optional<Raw.Mapping> section(Raw.Mapping parent, String path, String key) {
        Raw value = parent.fields().get(key);
        if (value == null) {
            return Optional.of(new Raw.Mapping(parent.location(), Map.of()));
        }
        return section(value, join(path, key));
    }

    /** The value as a section, a null as an empty one; nothing, and a problem, where it is no section. */
    Optional<Raw.Mapping> section(Raw value, String key) {
        if (value instanceof Raw.Mapping mapping) {
            return Optional.of(mapping);
        }
        if (value instanceof Raw.Scalar scalar && scalar.absent()) {
            return Optional.of(new Raw.Mapping(value.location(), Map.of()));
        }
        wrongType(value, key, "a section");
        return Optional.empty();
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
