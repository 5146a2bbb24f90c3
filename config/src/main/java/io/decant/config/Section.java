package io.decant.config;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The settings of one record, and how it is made of their values.
 *
 * @param type the record
 * @param settings in the order of the reference page
 * @param constructor takes a value for each of the settings
 */
record Section<R>(Class<R> type, List<Setting<R, ?>> settings, Function<Values<R>, R> constructor) {

    /** A value for each setting of a section. */
    static final class Values<R> {
        private final IdentityHashMap<Setting<R, ?>, Object> values = new IdentityHashMap<>();
        private final Set<Setting<R, ?>> set = Collections.newSetFromMap(new IdentityHashMap<>());

        /** The cast holds: {@link #put} is the only way in. */
        @SuppressWarnings("unchecked")
        <T> T get(Setting<R, T> setting) {
            return (T) values.get(setting);
        }

        /** Whether the value was given, for a default that depends on another setting. */
        boolean isSet(Setting<R, ?> setting) {
            return set.contains(setting);
        }

        private <T> void put(Setting<R, T> setting, T value) {
            values.put(setting, value);
        }
    }

    /** The record; nothing, and its problems in {@code input}, where a value cannot be used. */
    Optional<R> read(Raw.Mapping section, String path, Input input) {
        return read(section, path, Set.of(), input);
    }

    /** The same, with keys beside the settings that someone else reads. */
    Optional<R> read(Raw.Mapping section, String path, Collection<String> otherKeys, Input input) {
        reportUnknownKeys(section, path, otherKeys, input);
        Values<R> values = new Values<>();
        boolean complete = true;
        for (Setting<R, ?> setting : settings) {
            complete &= read(setting, section, path, input, values);
        }
        return complete ? Optional.of(constructor.apply(values)) : Optional.empty();
    }

    /** Every setting as it is when nothing is set; for sections without required ones. */
    R defaults() {
        return constructor.apply(fallbacks());
    }

    /** The defaults, and a value for the one setting that has none. */
    <T> R defaults(Setting<R, T> setting, T value) {
        Values<R> values = fallbacks();
        values.put(setting, value);
        return constructor.apply(values);
    }

    /** What {@link #read} reads back. */
    Map<String, Raw> write(R section) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        settings.forEach(setting -> fields.put(setting.key(), setting.write(section)));
        return fields;
    }

    private Values<R> fallbacks() {
        Values<R> values = new Values<>();
        settings.forEach(setting -> putFallback(setting, values));
        return values;
    }

    private static <R, T> void putFallback(Setting<R, T> setting, Values<R> values) {
        setting.fallback().ifPresent(value -> values.put(setting, value));
    }

    private static <R, T> boolean read(
            Setting<R, T> setting, Raw.Mapping section, String path, Input input, Values<R> values) {
        Optional<T> value = setting.read(section, path, input);
        value.ifPresent(present -> values.put(setting, present));
        if (setting.isSet(section)) {
            values.set.add(setting);
        }
        return value.isPresent();
    }

    private void reportUnknownKeys(Raw.Mapping section, String path, Collection<String> otherKeys, Input input) {
        Set<String> known = new TreeSet<>(otherKeys);
        settings.forEach(setting -> known.add(setting.key()));
        section.fields().forEach((key, value) -> {
            if (!known.contains(key)) {
                input.unknownKey(value.location(), path, key, known);
            }
        });
    }
}
