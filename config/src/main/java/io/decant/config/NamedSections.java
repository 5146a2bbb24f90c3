package io.decant.config;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of the file whose keys are names that the user gives, and whose entries have a type that decides which keys
 * they have.
 *
 * @param key the part's own key
 * @param types in the order of their names
 * @param example an entry on one line, for the error where there is none
 * @param beside settings that every entry can have, whatever its type, and that someone else reads and writes
 */
record NamedSections<S extends ComponentSettings>(
        String key, List<ComponentType<? extends S>> types, String example, List<? extends Setting<?, ?>> beside) {
    /** Names stand in file names, metrics, idempotency keys and dotted keys. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    static final String NAME_FORM = "1 to 64 of A-Z a-z 0-9 _ -";

    static final String TYPE = "type";

    NamedSections {
        types = types.stream().sorted(Comparator.comparing(ComponentType::name)).toList();
    }

    /** A part whose entries have the keys of their types, and no others. */
    NamedSections(String key, List<ComponentType<? extends S>> types, String example) {
        this(key, types, example, List.of());
    }

    private Set<String> otherKeys() {
        return Stream.concat(Stream.of(TYPE), beside.stream().map(Setting::key)).collect(Collectors.toSet());
    }

    /** The setting that stands in every entry. */
    Setting<S, String> type() {
        return new Setting<>(TYPE, Types.word(typeNames()), Optional.empty(), ComponentSettings::type, "What it is.");
    }

    /**
     * The entries by name, in file order; nothing, and the problems in {@code input}, unless there is one and all are
     * right.
     */
    Optional<Map<String, S>> read(Raw.Mapping root, Input input) {
        return input.section(root, "", key).flatMap(section -> readEntries(section, input));
    }

    /** What {@link #read} reads back. */
    Raw write(Map<String, ? extends S> entries) {
        return write(entries, name -> Map.of());
    }

    /** The same with the values of the settings that stand {@link #beside} them, by the entry's name. */
    Raw write(Map<String, ? extends S> entries, Function<String, Map<String, Raw>> others) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        entries.forEach((name, entry) -> fields.put(name, writeEntry(entry, others.apply(name))));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    /** @throws IllegalArgumentException if these could not have come from a file */
    void check(Map<String, ? extends S> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException(key + " has no entry");
        }
        for (String name : entries.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(key + " has the name '" + name + "'; a name is " + NAME_FORM);
            }
        }
    }

    private Optional<Map<String, S>> readEntries(Raw.Mapping section, Input input) {
        if (section.fields().isEmpty()) {
            input.problems().add(section.location(), key, "", "has no entry", "add at least one, e.g. " + example);
            return Optional.empty();
        }
        Map<String, S> entries = new LinkedHashMap<>();
        section.fields().forEach((name, value) -> {
            String path = Input.join(key, name);
            if (!NAME.matcher(name).matches()) {
                input.problems().add(value.location(), path, "", "is not a name", "a name is " + NAME_FORM);
                return;
            }
            input.section(value, path)
                    .flatMap(entry -> readEntry(entry, path, input))
                    .ifPresent(entry -> entries.put(name, entry));
        });
        boolean complete = entries.size() == section.fields().size();
        return complete ? Optional.of(Collections.unmodifiableMap(entries)) : Optional.empty();
    }

    private Optional<S> readEntry(Raw.Mapping entry, String path, Input input) {
        return type().read(entry, path, input)
                .flatMap(type -> type(type).section().read(entry, path, otherKeys(), input));
    }

    private Raw writeEntry(S entry, Map<String, Raw> others) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        fields.put(TYPE, type().write(entry));
        fields.putAll(write(type(entry.type()).section(), entry));
        fields.putAll(others);
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    private static <T> Map<String, Raw> write(Section<T> section, Object entry) {
        return section.write(section.type().cast(entry));
    }

    /** The record of each type. */
    Map<String, Class<? extends S>> settingsByType() {
        Map<String, Class<? extends S>> settings = new LinkedHashMap<>();
        types.forEach(type -> settings.put(type.name(), type.section().type()));
        return settings;
    }

    private List<String> typeNames() {
        return types.stream().map(ComponentType::name).toList();
    }

    private ComponentType<? extends S> type(String name) {
        return types.stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
