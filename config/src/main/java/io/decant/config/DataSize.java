package io.decant.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes. Written as a whole number and a unit: {@code B}, {@code KiB}, {@code MiB}, {@code GiB},
 * {@code TiB}, powers of 1024; a number alone counts bytes. Decimal units ({@code KB}, {@code MB}) are refused, for
 * people disagree about what they mean.
 *
 * @param bytes at least 0
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19})(B|KiB|MiB|GiB|TiB)?");
    private static final String WAY_OUT = "write a whole number and B, KiB, MiB, GiB or TiB, e.g. 64KiB";
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int UNIT_SHIFT = 10;

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("is a negative size");
        }
    }

    public static DataSize ofKibibytes(long kibibytes) {
        return new DataSize(Math.multiplyExact(kibibytes, 1L << UNIT_SHIFT));
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << (2 * UNIT_SHIFT)));
    }

    public static DataSize ofGibibytes(long gibibytes) {
        return new DataSize(Math.multiplyExact(gibibytes, 1L << (3 * UNIT_SHIFT)));
    }

    /**
     * Reads {@code 4096}, {@code 4096B}, {@code 64KiB}, {@code 1GiB}.
     *
     * @throws IllegalArgumentException whose message says what is wrong and the way out, without the value
     */
    public static DataSize parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new InvalidValue("is not a size", WAY_OUT);
        }
        int power = 0;
        while (form.group(2) != null && !UNITS[power].equals(form.group(2))) {
            power++;
        }
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(form.group(1)), 1L << (UNIT_SHIFT * power)));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new InvalidValue("is more bytes than a 64-bit number can count", WAY_OUT);
        }
    }

    /** The shortest exact form, in the largest unit that leaves a whole number: {@code 64KiB}, {@code 1500B}. */
    @Override
    public String toString() {
        int power = 0;
        long count = bytes;
        while (count != 0 && power < UNITS.length - 1 && count % (1L << UNIT_SHIFT) == 0) {
            count >>= UNIT_SHIFT;
            power++;
        }
        return count + UNITS[power];
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }
}
