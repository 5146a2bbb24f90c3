package io.decant.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes settings as YAML. */
public final class SettingsPrinter {
    /** What YAML reads as itself wherever a value stands; everything else is quoted. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/.][A-Za-z0-9/._+-]*(?::[A-Za-z0-9/._+-]+)*");

    private static final Set<String> NULLS = Set.of("null", "Null", "NULL");
    private static final String INDENT = "  ";

    private SettingsPrinter() {}

    /**
     * Every effective value, in the order of the reference page, the values of secrets as {@code <hidden>}. What is
     * printed loads back to equal settings, secrets aside.
     */
    public static String print(Settings settings) {
        Map<String, Raw> root = new LinkedHashMap<>(General.SECTION.write(settings.general()));
        root.put(
                Settings.SOURCES.key(),
                Settings.SOURCES.write(
                        settings.sources(),
                        name -> SourceTransforms.SECTION.write(
                                settings.transforms().getOrDefault(name, SourceTransforms.NONE))));
        root.put(Settings.JOURNAL, mapping(JournalSettings.SECTION.write(settings.journal())));
        root.put(Settings.BATCH, mapping(BatchSettings.SECTION.write(settings.batch())));
        root.put(Settings.BUCKET, mapping(BucketSettings.SECTION.write(settings.bucket())));
        root.put(Settings.OFFLOAD, mapping(OffloadSettings.SECTION.write(settings.offload())));
        root.put(Settings.DLQ, mapping(DeadLetterSettings.SECTION.write(settings.dlq())));
        root.put(Settings.SINKS.key(), Settings.SINKS.write(settings.sinks()));
        root.put(Settings.ADMIN, mapping(AdminSettings.SECTION.write(settings.admin())));
        StringBuilder yaml = new StringBuilder();
        append(yaml, mapping(root), "");
        return yaml.toString();
    }

    private static Raw.Mapping mapping(Map<String, Raw> fields) {
        return new Raw.Mapping(Location.NOWHERE, fields);
    }

    private static void append(StringBuilder yaml, Raw.Mapping mapping, String indent) {
        mapping.fields().forEach((key, value) -> {
            yaml.append(indent).append(scalar(key)).append(':');
            if (value instanceof Raw.Mapping section && !section.fields().isEmpty()) {
                append(yaml.append('\n'), section, indent + INDENT);
            } else {
                yaml.append(' ').append(inline(value)).append('\n');
            }
        });
    }

    private static String inline(Raw value) {
        if (value instanceof Raw.Sequence list) {
            return list.items().stream().map(SettingsPrinter::inline).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Raw.Mapping section) {
            return section.fields().entrySet().stream()
                    .map(field -> scalar(field.getKey()) + ": " + inline(field.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return scalar(((Raw.Scalar) value).text());
    }

    private static String scalar(String text) {
        return PLAIN.matcher(text).matches() && !NULLS.contains(text) ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < ' ' || (c >= 0x7f && c <= 0xffff)) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
