package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A part of the file whose keys are names that the user gives, and whose entries have a type that decides which keys
 * they have.
 *
 * @param key the part's own key
 * @param types the section of each type
 * @param example an entry on one line, for the error where there is none
 */
record NamedSections<S>(String key, Map<String, Section<? extends S>> types, String example) {
    /** Names stand in file names, metrics, idempotency keys and dotted keys. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    static final String NAME_FORM = "1 to 64 of A-Z a-z 0-9 _ -";

    static final String TYPE = "type";

    /** The types come in the order of their names. */
    NamedSections {
        types = Collections.unmodifiableMap(new TreeMap<>(types));
    }

    /** The setting that stands in every entry. */
    Setting<S, String> type() {
        return Setting.required(TYPE, Types.word(types.keySet()), this::typeOf, "What it is.");
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
        Map<String, Raw> fields = new LinkedHashMap<>();
        entries.forEach((name, entry) -> fields.put(name, writeEntry(entry)));
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
        return type().read(entry, path, input).flatMap(type -> types.get(type).read(entry, path, Set.of(TYPE), input));
    }

    private Raw writeEntry(S entry) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        fields.put(TYPE, type().write(entry));
        fields.putAll(write(types.get(typeOf(entry)), entry));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    private static <T> Map<String, Raw> write(Section<T> section, Object entry) {
        return section.write(section.type().cast(entry));
    }

    private String typeOf(S entry) {
        return types.entrySet().stream()
                .filter(type -> type.getValue().type().isInstance(entry))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
