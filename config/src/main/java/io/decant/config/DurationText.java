package io.decant.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The written form of durations: a whole number and one unit of {@code ms}, {@code s}, {@code m}, {@code h}, {@code d}.
 * A day has 24 hours.
 */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");
    private static final String WAY_OUT = "write a whole number and ms, s, m, h or d, e.g. 250ms";
    /** From the longest, so that the first that divides a duration gives its shortest form. */
    private static final Map<String, Long> UNIT_MILLIS = new LinkedHashMap<>();

    static {
        UNIT_MILLIS.put("d", 86_400_000L);
        UNIT_MILLIS.put("h", 3_600_000L);
        UNIT_MILLIS.put("m", 60_000L);
        UNIT_MILLIS.put("s", 1_000L);
        UNIT_MILLIS.put("ms", 1L);
    }

    private DurationText() {}

    /**
     * Reads {@code 250ms}, {@code 1s}, {@code 2m}, {@code 1h}, {@code 7d}.
     *
     * @throws IllegalArgumentException whose message says what is wrong and the way out, without the value
     */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new InvalidValue("is not a duration", WAY_OUT);
        }
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(form.group(1)), UNIT_MILLIS.get(form.group(2))));
        } catch (ArithmeticException e) {
            throw new InvalidValue("is more milliseconds than a 64-bit number can count", WAY_OUT);
        }
    }

    /**
     * The shortest exact form, in the largest unit that leaves a whole number; zero is {@code 0s}.
     *
     * @param duration a whole number of milliseconds, not negative
     */
    public static String print(Duration duration) {
        long millis = duration.toMillis();
        if (duration.isNegative() || !Duration.ofMillis(millis).equals(duration)) {
            throw new IllegalArgumentException(duration + " is not a whole number of milliseconds from 0");
        }
        if (millis == 0) {
            return "0s";
        }
        for (Map.Entry<String, Long> unit : UNIT_MILLIS.entrySet()) {
            if (millis % unit.getValue() == 0) {
                return millis / unit.getValue() + unit.getKey();
            }
        }
        throw new AssertionError("every count of milliseconds is one of whole milliseconds");
    }
}
