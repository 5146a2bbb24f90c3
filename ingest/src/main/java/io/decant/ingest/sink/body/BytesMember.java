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

    private static byte[] ascii(String text) {
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

    private static long put(byte[] text, long to) {
        Memory.copyFromArray(text, 0, text.length, to);
        return to + text.length;
    }
}
