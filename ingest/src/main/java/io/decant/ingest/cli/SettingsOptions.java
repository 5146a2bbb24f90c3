package io.decant.ingest.cli;

import io.decant.config.Settings;
import io.decant.config.SettingsException;
import io.decant.config.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of every command that needs settings. */
final class SettingsOptions {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The settings, YAML.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one setting over the file, e.g. --set batch.interval=5s. May be repeated.")
    private List<String> sets = new ArrayList<>();

    /**
     * Reads and checks them.
     *
     * @throws SettingsException with every problem found
     */
    Settings load(Map<String, String> env) {
        return SettingsLoader.load(file, sets, env);
    }
}
