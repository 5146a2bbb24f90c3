package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Properties of a library, handed through to it: names and texts.
 *
 * @param range which names there may be, for the reference page
 * @param names throws {@link InvalidValue} for a name that cannot stand here
 */
record PropertiesType(String range, Consumer<String> names) implements ValueType<Map<String, PropertyValue>> {

    /** What a library is told in confidence has a name that says so; rather too much is hidden than too little. */
    private static final Pattern SECRET_NAME = Pattern.compile(
            "password|secret|token|credential|passphrase|jaas|\\bkey\\b|keytab", Pattern.CASE_INSENSITIVE);

    @Override
    public String name() {
        return "section";
    }

    @Override
    public Optional<Map<String, PropertyValue>> read(Raw raw, String key, Input input) {
        return input.section(raw, key).flatMap(section -> readProperties(section, key, input));
    }

    private Optional<Map<String, PropertyValue>> readProperties(Raw.Mapping section, String path, Input input) {
        Map<String, PropertyValue> properties = new LinkedHashMap<>();
        section.fields().forEach((name, value) -> {
            String key = Input.join(path, name);
            if (!(value instanceof Raw.Scalar scalar)) {
                input.wrongType(value, key, "a text");
                return;
            }
            try {
                names.accept(name);
                String text = hides(name)
                        ? input.environment().expandSecret(scalar.text())
                        : input.environment().expand(scalar.text());
                boolean fromEnvironment = Environment.refersToVariable(scalar.text());
                properties.put(name, new PropertyValue(text, hides(name) || fromEnvironment));
            } catch (InvalidValue e) {
                input.problems().add(value.location(), key, "", e);
            }
        });
        boolean complete = properties.size() == section.fields().size();
        return complete ? Optional.of(Collections.unmodifiableMap(properties)) : Optional.empty();
    }

    private static boolean hides(String name) {
        return SECRET_NAME.matcher(name).find();
    }

    @Override
    public Raw write(Map<String, PropertyValue> properties) {
        Map<String, Raw> fields = new LinkedHashMap<>();
        properties.forEach((name, value) -> fields.put(name, Raw.Scalar.of(Environment.escape(value.toString()))));
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    @Override
    public void check(Map<String, PropertyValue> properties) {
        properties.keySet().forEach(names);
    }
}
