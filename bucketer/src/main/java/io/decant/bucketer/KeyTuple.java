package io.decant.bucketer;

import java.util.List;

/** The parts of one value of a key: one, or several that are the key together. Immutable. */
record KeyTuple(List<Part> parts) {

    /**
     * One place in a record.
     *
     * @param argument as a cut says it
     */
    record Part(KeyKind kind, String argument) {

        /** As a cut writes it. */
        String text() {
            return kind.name() + argument;
        }

        /** As the settings write it. */
        String setting() {
            return kind.settingName() + argument;
        }

        /** @throws KeySpecException for a text that no cut has */
        static Part of(String text) {
            KeyKind kind = KeyKinds.of(text);
            return new Part(kind, kind.argument(text));
        }
    }

    KeyTuple {
        parts = List.copyOf(parts);
    }

    /** @throws KeySpecException where a part does not say where it is */
    KeyKind.Extractors extractors(KeyRules rules) {
        List<KeyKind.Extractors> each = parts.stream()
                .map(part -> part.kind().extractors(part.argument(), part.text(), rules))
                .toList();
        return each.size() == 1
                ? each.get(0)
                : () -> new CompositeKeyExtractor(
                        each.stream().map(KeyKind.Extractors::make).toList());
    }
}
