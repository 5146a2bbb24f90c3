package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Properties of the user's own for a client library: names and values.
 *
 * @param taken names that cannot stand here, and what to do instead
 */
record ClientPropertiesType(Map<String, String> taken) implements ValueType<Map<String, ClientProperty>> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,256}");

    @Override
    public String name() {
        return "section";
    }

    @Override
    public String range() {
        return "property names and values";
    }

    @Override
    public Optional<Map<String, ClientProperty>> read(Raw raw, String key, Input input) {
        return input.section(raw, key).flatMap(section -> readProperties(section, key, input));
    }

    private Optional<Map<String, ClientProperty>> readProperties(Raw.Mapping section, String path, Input input) {
        Map<String, ClientProperty> properties = new LinkedHashMap<>();
        section.fields().forEach((name, value) -> {
            String key = Input.join(path, name);
            if (!(value instanceof Raw.Scalar scalar)) {
                input.wrongType(value, key, "a text");
                return;
            }
            try {
                checkName(name);
                String text = input.environment().expand(scalar.text());
                boolean fromEnvironment = !Environment.escape(text).equals(scalar.text());
                properties.put(name, ClientProperty.of(name, text, fromEnvironment));
            } catch (InvalidValue e) {
                input.problems().add(value.location(), key, "", e);
            }
        });
        boolean complete = properties.size() == section.fields().size();
        return complete ? Optional.of(Collections.unmodifiableMap(properties)) : Optional.empty();
    }

    @Override
    public Raw write(Map<String, ClientProperty> properties) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        properties.forEach((name, value) -> fields.put(name, Raw.Scalar.of(Environment.escape(value.toString()))));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    @Override
    public void check(Map<String, ClientProperty> properties) {
        properties.keySet().forEach(this::checkName);
    }

    private void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValue("is not the name of a property", "write e.g. security.protocol");
        }
        String wayOut = taken.get(name);
        if (wayOut != null) {
            throw new InvalidValue("is not set here", wayOut);
        }
    }
}
