package io.decant.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A sink of {@code type: console}.
 *
 * @param format of what is printed
 * @param limit records of each bucket that are printed; 0: all
 */
public record ConsoleSinkSettings(ConsoleFormat format, int limit) implements SinkSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "console";

    private static final int LIMIT_MAX = 1_000_000;

    private static final SectionKeys<ConsoleSinkSettings> KEYS = SectionKeys.of(ConsoleSinkSettings.class);

    static final Setting<ConsoleSinkSettings, ConsoleFormat> FORMAT = KEYS.optional(
            Types.choice(ConsoleFormat.class),
            ConsoleFormat.TABLE,
            "`table`: a line for the batch and one for each bucket, with its first records. `lines`: each"
                    + " record on a line. `envelope`: for each record a JSON object and a newline, as in an http"
                    + " sink. `counts`: each key with how often it occurs in the batch, the most frequent first.");

    static final Setting<ConsoleSinkSettings, Integer> LIMIT = KEYS.optional(
            Types.wholeNumber(0, LIMIT_MAX),
            10,
            "Records of each bucket that are printed; of `counts`, keys. `0`: all.");

    static final Section<ConsoleSinkSettings> SECTION = KEYS.section();

    static final ComponentType<ConsoleSinkSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "console.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public ConsoleSinkSettings {
        FORMAT.check(format);
        LIMIT.check(limit);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean countsKeys() {
        return format == ConsoleFormat.COUNTS;
    }

    @Override
    public List<Conflict> conflicts(String path) {
        return List.of();
    }

    @Override
    public ConsoleSinkSettings relativeTo(Path folder) {
        return this;
    }
}
