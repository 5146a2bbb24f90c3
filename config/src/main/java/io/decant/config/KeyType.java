package io.decant.config;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A key: one, or a list of those that are the key together. */
record KeyType() implements ValueType<KeySpec> {

    @Override
    public String name() {
        return "key";
    }

    @Override
    public String range() {
        return KeySpec.FORMS + "; or a list of up to " + KeySpec.PARTS_MAX + " of them, which are the key together";
    }

    @Override
    public Optional<KeySpec> read(Raw raw, String key, Input input) {
        if (!(raw instanceof Raw.Sequence sequence)) {
            return Types.KEY_PART.read(raw, key, input);
        }
        List<KeySpec> parts = new ArrayList<>();
        sequence.items().forEach(item -> Types.KEY_PART.read(item, key, input).ifPresent(parts::add));
        if (parts.size() < sequence.items().size()) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeySpec.composite(parts));
        } catch (KeySpecException e) {
            input.problems().add(raw.location(), key, "", e.text(), e.wayOut());
            return Optional.empty();
        }
    }

    @Override
    public Raw write(KeySpec key) {
        List<KeySpec> parts = key.parts();
        return parts.size() == 1
                ? Types.KEY_PART.write(parts.get(0))
                : new Raw.Sequence(
                        Location.NOWHERE,
                        parts.stream().map(Types.KEY_PART::write).toList());
    }

    @Override
    public void check(KeySpec key) {
        // What is made in code is made of what was parsed.
    }
}
