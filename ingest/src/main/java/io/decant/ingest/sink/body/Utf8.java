package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;

/** Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. Stateless. */
final class Utf8 {

    private Utf8() {}

    /**
     * Bytes of the character that begins at {@code at} with a byte of 0x80 or more; 0 where none does.
     *
     * @param end behind the last byte that may be read
     */
    static int characterBytes(long at, long end) {
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

    private static boolean isContinuation(long at, long end, int low, int high) {
        if (at >= end) {
            return false;
        }
        int value = Byte.toUnsignedInt(Memory.getByte(at));
        return value >= low && value <= high;
    }
}
