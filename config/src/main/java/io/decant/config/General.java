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
            "Part of idempotency keys, paths and metrics. Two servers that deliver to the same receiver"
                    + " need different names.");

    static final Setting<General, Path> DATA_DIR = KEYS.optional(
            Types.PATH,
            Path.of("./data"),
            "Directory of the journal, on a disk; relative to the settings file, absolute if the settings"
                    + " come from a pipe. Only one server at a time can use it. Only the user that runs the server"
                    + " can access what it stores there, and none of that may be a symbolic link.");

    static final Setting<General, Duration> SHUTDOWN_TIMEOUT = KEYS.optional(
            Types.duration("1ms", "1d"),
            Duration.ofSeconds(10),
            "How long a server may continue to deliver after it was asked to stop. What is then"
                    + " undelivered stays in the journal.");

    static final Section<General> SECTION = KEYS.section();

    General {
        NAME.check(name);
        DATA_DIR.check(dataDir);
        SHUTDOWN_TIMEOUT.check(shutdownTimeout);
    }
}
