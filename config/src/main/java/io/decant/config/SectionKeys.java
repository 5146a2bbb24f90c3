package io.decant.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Declares the settings of a record, one for each component, in their order. The component gives the key: that of
 * {@code maxRecord} is {@code max-record}. Used while the record's class is initialized:
 *
 * <pre>{@code
 * record BatchSettings(Duration interval, int maxRecords) {
 *     private static final SectionKeys<BatchSettings> KEYS = SectionKeys.of(BatchSettings.class);
 *     static final Setting<BatchSettings, Duration> INTERVAL = KEYS.optional(type, fallback, doc);
 *     static final Setting<BatchSettings, Integer> MAX_RECORDS = KEYS.optional(type, fallback, doc);
 *     static final Section<BatchSettings> SECTION = KEYS.section();
 * }
 * }</pre>
 */
final class SectionKeys<R> {

    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private final Class<R> type;
    private final RecordComponent[] components;
    private final List<Setting<R, ?>> settings = new ArrayList<>();

    private SectionKeys(Class<R> type) {
        this.type = type;
        this.components = type.getRecordComponents();
    }

    /** @param type a record */
    static <R> SectionKeys<R> of(Class<R> type) {
        return new SectionKeys<>(type);
    }

    /** The next component, which must be given a value. */
    <T> Setting<R, T> required(ValueType<T> valueType, String doc) {
        return add(valueType, Optional.empty(), doc);
    }

    /** The same with a key that is a word of Java's, which no component can have for a name. */
    <T> Setting<R, T> required(String key, ValueType<T> valueType, String doc) {
        return add(key, valueType, Optional.empty(), doc);
    }

    /** The next component, which has {@code fallback} where no value is given. */
    <T> Setting<R, T> optional(ValueType<T> valueType, T fallback, String doc) {
        valueType.check(fallback);
        return add(valueType, Optional.of(fallback), doc);
    }

    /** All of them. */
    Section<R> section() {
        return section(values -> {});
    }

    /** @param completion sets values that were not given, and that depend on others */
    Section<R> section(Consumer<Section.Values<R>> completion) {
        if (settings.size() < components.length) {
            throw new IllegalStateException(type + " declares no setting for " + components[settings.size()]);
        }
        return new Section<>(type, List.copyOf(settings), completion);
    }

    /** The cast holds: the record's constructor has had the setting check the same component. */
    @SuppressWarnings("unchecked")
    private <T> Setting<R, T> add(String key, ValueType<T> valueType, Optional<T> fallback, String doc) {
        RecordComponent component = next();
        Setting<R, T> setting = new Setting<>(key, valueType, fallback, owner -> (T) value(component, owner), doc);
        settings.add(setting);
        return setting;
    }

    private <T> Setting<R, T> add(ValueType<T> valueType, Optional<T> fallback, String doc) {
        return add(key(next().getName()), valueType, fallback, doc);
    }

    private RecordComponent next() {
        if (settings.size() == components.length) {
            throw new IllegalStateException(type + " declares more settings than it has components");
        }
        return components[settings.size()];
    }

    private static String key(String component) {
        return CAPITAL.matcher(component)
                .replaceAll(capital -> "-" + capital.group().toLowerCase(Locale.ROOT));
    }

    private static Object value(RecordComponent component, Object owner) {
        try {
            return component.getAccessor().invoke(owner);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
