package io.decant.config;

import java.util.Optional;

/** A section within a section: keys that belong together. */
record SectionType<R>(Section<R> section) implements ValueType<R> {

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "";
    }

    @Override
    public Optional<R> read(Raw raw, String key, Input input) {
        return input.section(raw, key).flatMap(mapping -> section.read(mapping, key, input));
    }

    @Override
    public Raw write(R value) {
        return new Raw.Mapping(Location.NOWHERE, section.write(value));
    }

    /** Nothing is left to look at: the record's constructor has. */
    @Override
    public void check(R value) {}
}
