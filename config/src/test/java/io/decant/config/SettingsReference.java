package io.decant.config;

import java.util.List;

/** Writes the reference page from the declarations. */
final class SettingsReference {
    private SettingsReference() {}

    static String markdown() {
        StringBuilder page = new StringBuilder("""
                # Settings

                Written from the declarations in `config/`; `%s` writes it anew.

                One YAML 1.2 file, core schema: `off` is a word, not false. An unknown key is an error, and so is a key that is set twice. A key
                without a value, or with `null`, is as if it were not there. At least one source and one sink must be declared.

                - **Durations** are a whole number and `ms`, `s`, `m`, `h` or `d`: `250ms`. **Sizes** are a whole number and `B`, `KiB`, `MiB`, `GiB`
                  or `TiB`, powers of 1024; a number alone counts bytes. **Whole numbers** are digits only.
                - **Paths** are relative to the folder of the file.
                - **`${VAR}`** in a value is replaced from the environment, and it is an error if VAR is not set. `${VAR:-default}` gives the default
                  where VAR is not set or empty. `$${VAR}` is a plain `${VAR}`. Keys are not looked into, nor is what a variable holds.
                  In a secret it is an error if VAR is empty, unless there is a default (`${VAR:-}` for none). What is wrong with the settings is told
                  with the text that refers to the variable, never with what the variable holds.
                - **`${file:/run/secrets/x}`** in a value is replaced by the text of that file at the start, without the newline at its end. Files are UTF-8 and
                  at most 64 KiB; an empty one is an error in a secret.
                - **`--set key=value`** on the command line goes over the file: `--set journal.linger=5ms`. The key is dotted; what follows
                  `sinks.<name>.headers.`, `sources.<name>.properties.` or `offload.properties.` is one name, dots and all. The value is YAML on one line, so `'sources.logs.address="[::1]:9999"'`
                  keeps its quotes. It may make sections, sources and sinks: `--set 'sinks.api={type: http, url: "http://localhost:8000/"}'`.
                  An empty value gives the default back.

                """.formatted(SettingsReferenceTest.WRITE_COMMAND));
        table(page, "(top level)", General.SECTION.settings());
        named(page, Settings.SOURCES);
        table(page, Settings.JOURNAL, JournalSettings.SECTION.settings());
        table(page, Settings.BATCH, BatchSettings.SECTION.settings());
        table(page, Settings.BUCKET, BucketSettings.SECTION.settings());
        table(page, Settings.OFFLOAD, OffloadSettings.SECTION.settings());
        table(page, Settings.DLQ, DeadLetterSettings.SECTION.settings());
        named(page, Settings.SINKS);
        table(page, Settings.ADMIN, AdminSettings.SECTION.settings());
        return page.toString().strip() + "\n";
    }

    private static void named(StringBuilder page, NamedSections<?> sections) {
        sections.types().forEach(type -> {
            heading(page, sections.key() + ".&lt;name&gt;, type: " + type.name());
            page.append("Described in [%s](%s). A name is %s.\n\n"
                    .formatted(type.page(), type.page(), NamedSections.NAME_FORM));
            header(page);
            row(page, "", sections.type());
            type.section().settings().forEach(setting -> row(page, "", setting));
            sections.beside().forEach(setting -> row(page, "", setting));
            page.append('\n');
        });
    }

    private static <R> void table(StringBuilder page, String title, List<Setting<R, ?>> settings) {
        heading(page, title);
        header(page);
        settings.forEach(setting -> row(page, "", setting));
        page.append('\n');
    }

    private static void heading(StringBuilder page, String title) {
        page.append("## ").append(title).append("\n\n");
    }

    private static void header(StringBuilder page) {
        page.append("| key | type | default | range or choices | meaning |\n| --- | --- | --- | --- | --- |\n");
    }

    private static String written(Raw value) {
        if (value instanceof Raw.Scalar text) {
            return text.text();
        }
        return value instanceof Raw.Sequence ? "[]" : "{}";
    }

    /** A line for a setting, and below that of a section one for each of its keys. */
    private static <R, T> void row(StringBuilder page, String path, Setting<R, T> setting) {
        String fallback = setting.fallback()
                .map(value -> written(setting.type().write(value)))
                .map(text -> "`" + (text.isEmpty() ? "\"\"" : text) + "`")
                .orElse("required");
        List<String> cells = List.of(
                "`" + path + setting.key() + "`",
                setting.type().name(),
                fallback,
                setting.type().range(),
                setting.doc());
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
        if (setting.type() instanceof SectionType<?> section) {
            section.section().settings().forEach(inner -> row(page, path + setting.key() + ".", inner));
        }
        if (setting.type() instanceof OptionalSectionType<?> section) {
            section.section().settings().forEach(inner -> row(page, path + setting.key() + ".", inner));
        }
        if (setting.type() instanceof SectionsType<?> sections) {
            rows(page, path + setting.key(), sections);
        }
        if (setting.type() instanceof OptionalSectionsType<?> optional) {
            rows(page, path + setting.key(), optional.sections());
        }
    }

    private static void rows(StringBuilder page, String path, SectionsType<?> sections) {
        sections.section().settings().forEach(inner -> row(page, path + ".&lt;name&gt;.", inner));
    }
}
