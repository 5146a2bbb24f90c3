package io.decant.spark.report;

import java.util.Locale;

/** Numbers as reports show them. Stateless. */
final class Texts {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final int UNIT = 1024;

    private Texts() {}

    /** {@code 1 task}, {@code 12 tasks}. */
    static String counted(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    /** {@code 1.5 GiB}, {@code 128 MiB}. */
    static String bytes(long bytes) {
        int unit = 0;
        double value = bytes;
        // What would be rounded up to a whole next unit is one of that.
        while (value >= UNIT - 0.05 && unit < UNITS.length - 1) {
            value /= UNIT;
            unit++;
        }
        String number = String.format(Locale.ROOT, "%.1f", value);
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + " " + UNITS[unit];
    }

    /** {@code 38.2 s}. */
    static String seconds(long millis) {
        return String.format(Locale.ROOT, "%,.1f s", millis / 1000.0);
    }
}
