package io.decant.config;

import java.util.Map;
import java.util.Optional;

/**
 * Named sections that may be switched off by a word. A part without an entry is an error: it might have been meant to
 * let nobody in, or everybody.
 *
 * @param word stands for none
 * @param entriesMax most of them
 */
record OptionalSectionsType<R>(String word, int entriesMax, SectionsType<R> sections)
        implements ValueType<Map<String, R>> {

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "`" + word + "` or " + sections.range();
    }

    @Override
    public Optional<Map<String, R>> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && scalar.text().equals(word)) {
            return Optional.of(Map.of());
        }
        if (!(raw instanceof Raw.Mapping mapping)) {
            input.wrongType(raw, key, word + ", or a section");
            return Optional.empty();
        }
        if (mapping.fields().size() > entriesMax) {
            input.problems().add(mapping.location(), key, "", "has more than " + entriesMax + " entries", "");
            return Optional.empty();
        }
        return sections.read(mapping, key, input);
    }

    @Override
    public Raw write(Map<String, R> value) {
        return value.isEmpty() ? Raw.Scalar.of(word) : sections.write(value);
    }

    @Override
    public void check(Map<String, R> value) {
        if (!value.isEmpty()) {
            sections.check(value);
        }
        if (value.size() > entriesMax) {
            throw new InvalidValue("has more than " + entriesMax + " entries", "");
        }
    }
}
