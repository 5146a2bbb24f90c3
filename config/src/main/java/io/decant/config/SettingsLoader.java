package io.decant.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads settings. */
public final class SettingsLoader {
    private SettingsLoader() {}

    /**
     * Settings from a file.
     *
     * @param sets {@code key=value} each, over what the file says
     * @throws SettingsException with every problem found
     */
    public static Settings load(Path file, List<String> sets, Map<String, String> environment) {
        return null;
    }

    /**
     * Settings from a text.
     *
     * @param nameForErrors stands where a file's name would
     * @param baseDir what relative paths are relative to
     */
    public static Settings parse(
            String yaml, String nameForErrors, Path baseDir, List<String> sets, Map<String, String> environment) {
        return null;
    }
}
