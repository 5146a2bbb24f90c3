package io.decant.config;

/**
 * Where something of the settings was said.
 *
 * @param text as a person is told: {@code decant.yaml:12}
 * @param order places are sorted by it: lines of the file first, then the options as they were given
 */
record Location(String text, long order) {
    private static final long AFTER_EVERY_LINE = 1L << 32;

    /** For values that come from nowhere: defaults and what the printer writes. */
    static final Location NOWHERE = new Location("", 0);

    static Location file(String name) {
        return new Location(name, 0);
    }

    /** A line of the file, counted from 1. */
    static Location line(String file, int line) {
        return new Location(file + ":" + line, line);
    }

    /** The {@code --set} with this index; the value is left out, for it may be a secret. */
    static Location option(String key, int index) {
        return new Location("--set" + (key.isEmpty() ? "" : " " + key + "=..."), AFTER_EVERY_LINE + index);
    }
}
