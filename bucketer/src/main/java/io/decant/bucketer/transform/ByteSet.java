package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import java.util.Arrays;
import java.util.Optional;

/**
 * Some ASCII characters, as simple expressions name them: one character, an escape ({@code \s \d \w \t}, or escaped
 * punctuation), or a class of these and of ranges; each of them with a plus behind it or without. Immutable.
 *
 * @param low the characters below 64, a bit each
 * @param high the others
 * @param repeated whether a row of them counts as one
 */
record ByteSet(long low, long high, boolean repeated) {

    static final ByteSet NONE = new ByteSet(0, 0, false);

    private static final long BYTES = 0x0101010101010101L;
    private static final long LOW_SEVEN = 0x7F7F7F7F7F7F7F7FL;
    private static final String SPECIAL = "\\.[]{}()*+?^$|";
    private static final int ASCII = 128;

    /** Whether it has a byte. */
    boolean has(byte c) {
        return c >= 0 && ((c < Long.SIZE ? low : high) >>> c & 1) != 0;
    }

    /** The characters of both; a row of them counts as many. */
    ByteSet and(ByteSet other) {
        return new ByteSet(low | other.low, high | other.high, false);
    }

    /** How many of {@code length} bytes from {@code address} it has. */
    long count(long address, long length) {
        long end = address + length;
        long at = address;
        long count = 0;
        if (only() >= 0) {
            long pattern = BYTES * only();
            for (; end - at >= Long.BYTES; at += Long.BYTES) {
                long zeroed = Memory.getLongLittleEndian(at) ^ pattern;
                // Exact for all eight bytes, as in Lines.
                count += Long.bitCount(~(((zeroed & LOW_SEVEN) + LOW_SEVEN) | zeroed | LOW_SEVEN));
            }
        }
        for (; at < end; at++) {
            count += has(Memory.getByte(at)) ? 1 : 0;
        }
        return count;
    }

    /** The only character that it has; -1 where there are several. */
    int only() {
        if (Long.bitCount(low) + Long.bitCount(high) != 1) {
            return -1;
        }
        return low != 0 ? Long.numberOfTrailingZeros(low) : Long.SIZE + Long.numberOfTrailingZeros(high);
    }

    /** Reads an expression that RE2 accepts; empty where it is not such a simple one. */
    static Optional<ByteSet> of(String expression) {
        boolean repeated = expression.length() > 1
                && expression.endsWith("+")
                && (expression.length() > 2 || expression.charAt(0) != '\\');
        String set = repeated ? expression.substring(0, expression.length() - 1) : expression;
        boolean[] members = new boolean[ASCII];
        boolean simple = set.startsWith("[") ? addClass(set, members) : end(set, 0, members, SPECIAL) == set.length();
        if (!simple || set.isEmpty()) {
            return Optional.empty();
        }
        long low = 0;
        long high = 0;
        for (int c = 0; c < ASCII; c++) {
            if (members[c] && c < Long.SIZE) {
                low |= 1L << c;
            } else if (members[c]) {
                high |= 1L << c;
            }
        }
        return Optional.of(new ByteSet(low, high, repeated));
    }

    private static boolean addClass(String set, boolean[] members) {
        int at = 1;
        while (at < set.length() - 1) {
            char c = set.charAt(at);
            boolean range = at + 2 < set.length() - 1 && set.charAt(at + 1) == '-';
            if (range) {
                char last = set.charAt(at + 2);
                if (!Character.isLetterOrDigit(c) || !Character.isLetterOrDigit(last) || last >= ASCII || last < c) {
                    return false;
                }
                Arrays.fill(members, c, last + 1, true);
                at += 3;
            } else {
                at = end(set, at, members, "[]^-");
                if (at < 0) {
                    return false;
                }
            }
        }
        return at > 1 && at == set.length() - 1 && set.charAt(at) == ']';
    }

    /** Adds the character or escape at {@code at}; behind it, or -1 where it is neither. */
    private static int end(String set, int at, boolean[] members, String special) {
        if (at >= set.length()) {
            return -1;
        }
        char c = set.charAt(at);
        if (c != '\\') {
            if (c >= ASCII || special.indexOf(c) >= 0) {
                return -1;
            }
            members[c] = true;
            return at + 1;
        }
        char escaped = at + 1 < set.length() ? set.charAt(at + 1) : ASCII;
        String meant = meaning(escaped);
        meant.chars().forEach(each -> members[each] = true);
        return meant.isEmpty() ? -1 : at + 2;
    }

    private static String meaning(char escaped) {
        String digits = "0123456789";
        return switch (escaped) {
            case 's' -> "\t\n\f\r ";
            case 't' -> "\t";
            case 'd' -> digits;
            case 'w' -> digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
            default -> SPECIAL.indexOf(escaped) >= 0 || ",;:/-".indexOf(escaped) >= 0 ? String.valueOf(escaped) : "";
        };
    }
}
