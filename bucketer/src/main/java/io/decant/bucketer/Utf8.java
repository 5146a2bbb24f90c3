package io.decant.bucketer;

/**
 * Well-formed UTF-8 in native memory (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
 * Stateless.
 */
public final class Utf8 {

    private Utf8() {}

    /**
     * Bytes of the character that begins at {@code at} with a byte of 0x80 or more; 0 where none does.
     *
     * @param end behind the last byte that may be read
     */
    public static int characterBytes(long at, long end) {
        int lead = Byte.toUnsignedInt(Memory.getByte(at));
        if (lead < 0xC2 || lead > 0xF4) {
            return 0;
        }
        if (lead < 0xE0) {
            return isContinuation(at + 1, end, 0x80, 0xBF) ? 2 : 0;
        }
        if (lead < 0xF0) {
            int low = lead == 0xE0 ? 0xA0 : 0x80;
            int high = lead == 0xED ? 0x9F : 0xBF;
            return isContinuation(at + 1, end, low, high) && isContinuation(at + 2, end, 0x80, 0xBF) ? 3 : 0;
        }
        int low = lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xF4 ? 0x8F : 0xBF;
        return isContinuation(at + 1, end, low, high)
                        && isContinuation(at + 2, end, 0x80, 0xBF)
                        && isContinuation(at + 3, end, 0x80, 0xBF)
                ? 4
                : 0;
    }

    /** The character beyond ASCII of as many bytes as {@link #characterBytes} has found. */
    public static int character(long at, int bytes) {
        int character = Memory.getByte(at) & (0x7F >> bytes);
        for (int i = 1; i < bytes; i++) {
            character = (character << 6) | (Memory.getByte(at + i) & 0x3F);
        }
        return character;
    }

    private static boolean isContinuation(long at, long end, int low, int high) {
        if (at >= end) {
            return false;
        }
        int value = Byte.toUnsignedInt(Memory.getByte(at));
        return value >= low && value <= high;
    }
}
