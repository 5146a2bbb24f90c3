package io.decant.config;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Several keys by name, each a key or {@code any-of} a list of them; or the word for none. */
record KeysType() implements ValueType<Optional<KeySpec>> {

    private static final String NONE = "none";
    private static final String ANY_OF = "any-of";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final KeyType KEY = new KeyType();

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "`none`, or names, each with a key or `{any-of: [...]}`; at most " + KeySpec.SLOTS_MAX + " keys in all";
    }

    @Override
    public Optional<Optional<KeySpec>> read(Raw raw, String key, Input input) {
        if (raw instanceof Raw.Scalar scalar && scalar.text().equals(NONE)) {
            return Optional.of(Optional.empty());
        }
        return input.section(raw, key).flatMap(section -> readKeys(section, key, input));
    }

    private static Optional<Optional<KeySpec>> readKeys(Raw.Mapping section, String path, Input input) {
        Map<String, KeySpec> keys = new LinkedHashMap<>();
        section.fields().forEach((name, value) -> {
            String key = Input.join(path, name);
            if (NAME.matcher(name).matches()) {
                readKey(value, key, input).ifPresent(read -> keys.put(name, read));
            } else {
                input.problems().add(value.location(), key, "", "is not a name", "write " + NamedSections.NAME_FORM);
            }
        });
        if (keys.size() < section.fields().size()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Optional.of(KeySpec.several(keys)));
        } catch (KeySpecException e) {
            input.problems().add(section.location(), path, "", e.text(), e.wayOut());
            return Optional.empty();
        }
    }

    private static Optional<KeySpec> readKey(Raw raw, String key, Input input) {
        if (!(raw instanceof Raw.Mapping mapping)) {
            return KEY.read(raw, key, input);
        }
        Raw only = mapping.fields().get(ANY_OF);
        if (mapping.fields().size() != 1 || !(only instanceof Raw.Sequence places)) {
            input.problems()
                    .add(raw.location(), key, "", "is not a key", "write a key, or {any-of: [json:/a, json:/b]}");
            return Optional.empty();
        }
        List<KeySpec> read = new ArrayList<>();
        places.items().forEach(place -> KEY.read(place, key, input).ifPresent(read::add));
        if (read.size() < places.items().size()) {
            return Optional.empty();
        }
        try {
            return Optional.of(KeySpec.anyOf(read));
        } catch (KeySpecException e) {
            input.problems().add(raw.location(), key, "", e.text(), e.wayOut());
            return Optional.empty();
        }
    }

    @Override
    public Raw write(Optional<KeySpec> keys) {
        if (keys.isEmpty()) {
            return Raw.Scalar.of(NONE);
        }
        Map<String, Raw> fields = new LinkedHashMap<>();
        keys.get().named().forEach((name, key) -> fields.put(name, writeKey(key.places())));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    private static Raw writeKey(List<KeySpec> places) {
        if (places.size() == 1) {
            return KEY.write(places.get(0));
        }
        Raw list = new Raw.Sequence(
                Location.NOWHERE, places.stream().map(KEY::write).toList());
        return new Raw.Mapping(Location.NOWHERE, Map.of(ANY_OF, list));
    }

    @Override
    public void check(Optional<KeySpec> keys) {
        // What is made in code is made of what was parsed.
    }
}
