package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;

/**
 * A member of a JSON object that holds bytes: as a string where they are UTF-8, else in Base64 under the name with
 * {@code -base64} behind it; null where there are none. Stateless.
 */
final class BytesMember {

    private static final int QUOTE_BYTES = 1;

    private final byte[] text;
    private final byte[] base64;
    private final byte[] absent;

    /** @param before what stands before the member's name */
    BytesMember(String before, String name) {
        text = ascii(before + '"' + name + "\":\"");
        base64 = ascii(before + '"' + name + "-base64\":\"");
        absent = ascii(before + '"' + name + "\":null");
    }

    /** A text that {@link #put(byte[], long)} writes. */
    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** How many bytes {@link #put} writes. */
    long bytes(long address, int length) {
        long escaped = JsonString.escapedBytes(address, length);
        return escaped == JsonString.NOT_UTF8
                ? base64.length + Base64Text.encodedBytes(length) + QUOTE_BYTES
                : text.length + escaped + QUOTE_BYTES;
    }

    /** Writes the member; returns the address behind it. */
    long put(long address, int length, long to) {
        long end = JsonString.escapedBytes(address, length) == JsonString.NOT_UTF8
                ? Base64Text.encode(address, length, put(base64, to))
                : JsonString.escape(address, length, put(text, to));
        Memory.putByte(end, (byte) '"');
        return end + QUOTE_BYTES;
    }

    /** How many bytes {@link #putNull} writes. */
    int nullBytes() {
        return absent.length;
    }

    /** Writes the member where there are no bytes; returns the address behind it. */
    long putNull(long to) {
        return put(absent, to);
    }

    /** Writes a text; returns the address behind it. */
    static long put(byte[] text, long to) {
        Memory.copyFromArray(text, 0, text.length, to);
        return to + text.length;
    }

    /** Bytes as Base64 with padding (RFC 4648, section 4), from memory to memory. Stateless. */
    static final class Base64Text {

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
}
