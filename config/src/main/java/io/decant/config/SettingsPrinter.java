package io.decant.config;

/** Writes settings as YAML. */
public final class SettingsPrinter {
    private SettingsPrinter() {}

    /** Every effective value, secrets hidden. */
    public static String print(Settings settings) {
        return null;
    }
}
