package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/** Numbers in as few bytes as they need, seven bits each, the lowest first (unsigned LEB128). */
final class Varint {

    private static final int BITS = 7;
    private static final int MORE = 1 << BITS;

    private Varint() {}

    static int encodedBytes(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + BITS - 1) / BITS);
    }

    static void put(ByteBuffer target, long value) {
        long rest = value;
        while (rest >>> BITS != 0) {
            target.put((byte) (rest | MORE));
            rest >>>= BITS;
        }
        target.put((byte) rest);
    }

    static long get(ByteBuffer source) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += BITS) {
            byte next = source.get();
            value |= (long) (next & (MORE - 1)) << shift;
            if (next >= 0) {
                break;
            }
        }
        return value;
    }
}
