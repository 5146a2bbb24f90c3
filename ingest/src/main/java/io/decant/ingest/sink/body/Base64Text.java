package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;

/** Bytes as Base64 with padding (RFC 4648, section 4), from memory to memory. Stateless. */
final class Base64Text {

    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);
    private static final byte PAD = '=';
    private static final int GROUP_BYTES = 3;
    private static final int GROUP_CHARS = 4;

    private Base64Text() {}

    /** How many bytes {@link #encode} writes. */
    static long encodedBytes(long length) {
        return (length + GROUP_BYTES - 1) / GROUP_BYTES * GROUP_CHARS;
    }

    /** Writes the encoded bytes; returns the address behind them. */
    static long encode(long address, long length, long to) {
        long put = to;
        long end = address + length;
        for (long at = address; at < end; at += GROUP_BYTES, put += GROUP_CHARS) {
            int bits = octet(at, end) << 16 | octet(at + 1, end) << 8 | octet(at + 2, end);
            Memory.putByte(put, ALPHABET[bits >>> 18]);
            Memory.putByte(put + 1, ALPHABET[bits >>> 12 & 63]);
            Memory.putByte(put + 2, at + 1 < end ? ALPHABET[bits >>> 6 & 63] : PAD);
            Memory.putByte(put + 3, at + 2 < end ? ALPHABET[bits & 63] : PAD);
        }
        return put;
    }

    private static int octet(long at, long end) {
        return at < end ? Byte.toUnsignedInt(Memory.getByte(at)) : 0;
    }
}
