package io.decant.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** The settings that stand in no section. */
record General(String name, Path dataDir, Duration shutdownTimeout) {

    private static final SectionKeys<General> KEYS = SectionKeys.of(General.class);

    static final Setting<General, String> NAME = KEYS.optional(
            Types.text(
                    "1 to 64 of `A-Za-z0-9._-`",
                    Pattern.compile("[A-Za-z0-9._-]{1,64}"),
                    () -> new InvalidValue("is not a name", "write 1 to 64 of A-Z a-z 0-9 . _ -")),
            "decant",
            "Stands in idempotency keys, paths and metrics: two servers that deliver to one receiver need two names.");

    static final Setting<General, Path> DATA_DIR = KEYS.optional(
            Types.PATH,
            Path.of("./data"),
            "Where the journal lies, on a disk; relative to the file, absolute where the settings come from a pipe. One server at a"
                    + " time. Only the user that runs it can use what it keeps there, and none of that may be a symbolic link.");

    static final Setting<General, Duration> SHUTDOWN_TIMEOUT = KEYS.optional(
            Types.duration("1ms", "1d"),
            Duration.ofSeconds(10),
            "How long a server that was asked to end may go on delivering; what is left waits in the journal.");

    static final Section<General> SECTION = KEYS.section();

    General {
        NAME.check(name);
        DATA_DIR.check(dataDir);
        SHUTDOWN_TIMEOUT.check(shutdownTimeout);
    }
}
