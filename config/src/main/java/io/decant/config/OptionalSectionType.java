package io.decant.config;

import java.util.Optional;

/**
 * A section within a section that may be switched off by a word, which is not the same as leaving all of its keys out.
 *
 * @param word stands for no section
 */
record OptionalSectionType<R>(String word, Section<R> section) implements ValueType<Optional<R>> {

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "`" + word + "` or `{...}`";
    }

    @Override
    public Optional<Optional<R>> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && scalar.text().equals(word)) {
            return Optional.of(Optional.empty());
        }
        if (!(raw instanceof Raw.Mapping mapping)) {
            input.wrongType(raw, key, word + ", or a section");
            return Optional.empty();
        }
        Optional<R> read = section.read(mapping, key, input);
        return read.isPresent() ? Optional.of(read) : Optional.empty();
    }

    @Override
    public Raw write(Optional<R> value) {
        return value.<Raw>map(set -> new Raw.Mapping(Location.NOWHERE, section.write(set)))
                .orElseGet(() -> Raw.Scalar.of(word));
    }

    /** Nothing is left to look at: the record's constructor has. */
    @Override
    public void check(Optional<R> value) {}
}
