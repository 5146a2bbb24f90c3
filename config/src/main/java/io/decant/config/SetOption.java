package io.decant.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lays {@code --set key=value} over what the file says. The key is dotted; no key but those of {@code auth.oauth2} has
 * more than four parts, so the name of a header or of a client's property, the fourth, may have dots of its own, and so
 * may that of a property of Spark, the third. The value is YAML on one line. Sections on the way to the key are made
 * where they are missing.
 */
final class SetOption {
    /** What follows is one name, dots and all. */
    private static final String SPARK_PROPERTIES = Settings.OFFLOAD + "." + OffloadSettings.PROPERTIES.key() + ".";

    private static final int SPARK_PROPERTY_PARTS = 3;

    private static final Pattern OF_OAUTH2 = Pattern.compile("sinks\\.[^.]+\\.auth\\.oauth2\\..+");
    private static final int OAUTH2_PARTS = 5;

    private SetOption() {}

    static void apply(Raw.Mapping root, String option, int index, Problems problems) {
        int equals = option.indexOf('=');
        if (equals <= 0) {
            // The option is not quoted: what was meant as its value may be a secret.
            problems.add(Location.option("", index), "", "", "is not key=value", "write e.g. --set journal.linger=5ms");
            return;
        }
        String key = option.substring(0, equals);
        Location location = Location.option(key, index);
        List<String> path = List.of(key.split("\\.", partsOf(key)));
        if (path.contains("")) {
            problems.add(location, "", "", "has a key with an empty part", "write e.g. --set journal.linger=5ms");
            return;
        }
        new YamlReader(line -> location, problems)
                .readInline(option.substring(equals + 1), path)
                .ifPresent(value -> put(root, path, value, location, problems));
    }

    private static int partsOf(String key) {
        if (key.startsWith(SPARK_PROPERTIES)) {
            return SPARK_PROPERTY_PARTS;
        }
        return OF_OAUTH2.matcher(key).matches() ? OAUTH2_PARTS : YamlReader.KEY_PARTS_MAX;
    }

    private static void put(Raw.Mapping root, List<String> path, Raw value, Location location, Problems problems) {
        Map<String, Raw> fields = root.fields();
        List<String> walked = new ArrayList<>();
        for (String part : path.subList(0, path.size() - 1)) {
            walked.add(part);
            Optional<Raw.Mapping> section = sectionAt(fields, part, location);
            if (section.isEmpty()) {
                String key = String.join(".", walked);
                problems.add(location, key, "", fields.get(part).described() + " where a section is expected", "");
                return;
            }
            fields = section.get().fields();
        }
        fields.put(path.get(path.size() - 1), value);
    }

    private static Optional<Raw.Mapping> sectionAt(Map<String, Raw> fields, String key, Location location) {
        Raw present = fields.get(key);
        if (present instanceof Raw.Mapping mapping) {
            return Optional.of(mapping);
        }
        if (present == null || (present instanceof Raw.Scalar scalar && scalar.absent())) {
            Raw.Mapping made = new Raw.Mapping(location, new LinkedHashMap<>());
            fields.put(key, made);
            return Optional.of(made);
        }
        return Optional.empty();
    }
}
