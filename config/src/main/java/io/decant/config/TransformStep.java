package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A step of a source's {@code transforms}: its name, and a text, a list of texts or names with texts, or nothing.
 * Immutable.
 *
 * @param text null where there is none
 * @param items null where there are none
 * @param members in the order of the file; null where there are none
 */
public record TransformStep(String name, String text, List<String> items, Map<String, String> members) {

    /** The environment variable that {@code json-hash} needs. */
    public static final String SALT_VARIABLE = "DECANT_HASH_SALT";

    public TransformStep {
        items = items == null ? null : List.copyOf(items);
        members = members == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /**
     * Reads one step as it stands in a file: {@code trim}, or {@code split: " "}.
     *
     * @param environment for its variables
     * @throws SettingsException where it is none
     */
    public static TransformStep parse(String text, String nameForErrors, Map<String, String> environment) {
        Problems problems = new Problems();
        Optional<Raw> raw = new YamlReader(line -> Location.line(nameForErrors, line), problems).read(text);
        problems.throwIfAny();
        Input input = new Input(new Environment(environment), problems);
        Optional<TransformStep> step = new TransformStepType().read(raw.orElseThrow(), "transforms", input);
        problems.throwIfAny();
        return step.orElseThrow();
    }

    /**
     * The canonical form that a cut freezes and the reports show, e.g. {@code split: " "}: behind the name's colon
     * JSON, without more white space and escapes than it needs.
     */
    public String canonical() {
        if (text != null) {
            return name + ": " + quoted(text);
        }
        if (items != null) {
            return items.stream()
                    .map(item -> item.matches("[0-9]+") ? item : quoted(item))
                    .collect(Collectors.joining(",", name + ": [", "]"));
        }
        if (members != null) {
            return members.entrySet().stream()
                    .map(member -> quoted(member.getKey()) + ":" + quoted(member.getValue()))
                    .collect(Collectors.joining(",", name + ": {", "}"));
        }
        return name;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return canonical();
    }
}
