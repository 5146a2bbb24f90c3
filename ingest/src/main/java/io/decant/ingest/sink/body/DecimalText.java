package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;

/** Numbers from 0 in decimal digits, in memory. Stateless. */
final class DecimalText {

    private DecimalText() {}

    /** How many bytes {@link #put} writes. */
    static int bytes(long number) {
        int bytes = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            bytes++;
        }
        return bytes;
    }

    /** Writes a number; returns the address behind it. */
    static long put(long number, long to) {
        long end = to + bytes(number);
        long rest = number;
        for (long at = end - 1; at >= to; at--) {
            Memory.putByte(at, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return end;
    }
}
