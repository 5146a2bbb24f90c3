package io.decant.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The settings of one record, and how it is made of their values. {@link SectionKeys} makes it.
 *
 * @param type the record
 * @param settings one for each component of the record, in their order, which is that of the reference page
 * @param completion sets values that were not given, and that depend on others
 */
record Section<R>(Class<R> type, List<Setting<R, ?>> settings, Consumer<Values<R>> completion) {

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

        <T> void put(Setting<R, T> setting, T value) {
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
        if (!complete) {
            return Optional.empty();
        }
        completion.accept(values);
        return Optional.of(newRecord(values));
    }

    /** Every setting as it is when nothing is set; for sections without required ones. */
    R defaults() {
        return newRecord(fallbacks());
    }

    /** The defaults, and a value for the one setting that has none. */
    <T> R defaults(Setting<R, T> setting, T value) {
        Values<R> values = fallbacks();
        values.put(setting, value);
        return newRecord(values);
    }

    /** The same record with another value for one setting. */
    <T> R with(R section, Setting<R, T> setting, T value) {
        Values<R> values = new Values<>();
        settings.forEach(each -> copy(each, section, values));
        values.put(setting, value);
        return newRecord(values);
    }

    /** What {@link #read} reads back. */
    Map<String, Raw> write(R section) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        settings.forEach(setting -> fields.put(setting.key(), setting.write(section)));
        return fields;
    }

    private static <R, T> void copy(Setting<R, T> setting, R section, Values<R> values) {
        values.put(setting, setting.accessor().apply(section));
    }

    /** By the canonical constructor, whose parameters are the components. */
    private R newRecord(Values<R> values) {
        Class<?>[] types = Stream.of(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Object[] arguments = settings.stream().map(values::get).toArray();
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type, e);
        }
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
