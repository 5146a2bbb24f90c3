package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sections of one type, each under a name that the user gives.
 *
 * @param what is named: {@code a table}
 * @param names throws {@link InvalidValue} for a name that cannot stand here
 */
record SectionsType<R>(String what, Consumer<String> names, Section<R> section) implements ValueType<Map<String, R>> {

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "`{name: {...}, ...}`";
    }

    @Override
    public Optional<Map<String, R>> read(Raw raw, String key, Input input) {
        return input.section(raw, key).flatMap(sections -> readAll(sections, key, input));
    }

    private Optional<Map<String, R>> readAll(Raw.Mapping sections, String key, Input input) {
        Map<String, R> all = new LinkedHashMap<>();
        sections.fields().forEach((name, value) -> {
            String path = Input.join(key, name);
            try {
                names.accept(name);
            } catch (InvalidValue e) {
                input.problems().add(value.location(), path, "", e);
                return;
            }
            input.section(value, path)
                    .flatMap(mapping -> section.read(mapping, path, input))
                    .ifPresent(read -> all.put(name, read));
        });
        if (all.size() < sections.fields().size()) {
            return Optional.empty();
        }
        if (all.isEmpty()) {
            input.problems().add(sections.location(), key, "", "has no entry", "name at least " + what);
            return Optional.empty();
        }
        return Optional.of(Collections.unmodifiableMap(all));
    }

    @Override
    public Raw write(Map<String, R> value) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        value.forEach((name, entry) -> fields.put(name, new Raw.Mapping(Location.NOWHERE, section.write(entry))));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    @Override
    public void check(Map<String, R> value) {
        value.keySet().forEach(names);
        if (value.isEmpty()) {
            throw new InvalidValue("has no entry", "name at least " + what);
        }
    }
}
