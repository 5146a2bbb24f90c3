package io.decant.ingest.sink.body;

import io.decant.bucketer.FrameHeaders;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;

/**
 * The headers of a frame as a member of a JSON object, in their order: {@code
 * ,"headers":[{"name":"...","value":"..."}]}; nothing where it has none. Owned by one thread.
 */
final class HeadersMember {

    private static final byte[] BEGIN = ",\"headers\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME = "{\"name\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final BytesMember VALUE = new BytesMember("\",", "value");
    /** A closing brace, and a comma or the closing bracket. */
    private static final int AFTER_BYTES = 2;

    private final FrameHeaders headers = new FrameHeaders();

    /** How many bytes {@link #put} writes. */
    long bytes(long frame) {
        headers.set(frame);
        long bytes = headers.left() == 0 ? 0 : BEGIN.length;
        while (headers.next()) {
            bytes += NAME.length
                    + JsonString.escapedBytes(headers.nameAddress(), headers.nameLength())
                    + valueBytes()
                    + AFTER_BYTES;
        }
        return bytes;
    }

    private long valueBytes() {
        return headers.hasValue() ? VALUE.bytes(headers.valueAddress(), headers.valueLength()) : VALUE.nullBytes();
    }

    /** Writes the member; returns the address behind it. */
    long put(long frame, long to) {
        headers.set(frame);
        if (headers.left() == 0) {
            return to;
        }
        long at = put(BEGIN, to);
        while (headers.next()) {
            at = JsonString.escape(headers.nameAddress(), headers.nameLength(), put(NAME, at));
            at = headers.hasValue() ? VALUE.put(headers.valueAddress(), headers.valueLength(), at) : VALUE.putNull(at);
            Memory.putByte(at, (byte) '}');
            Memory.putByte(at + 1, (byte) (headers.left() == 0 ? ']' : ','));
            at += AFTER_BYTES;
        }
        return at;
    }

    private static long put(byte[] text, long to) {
        Memory.copyFromArray(text, 0, text.length, to);
        return to + text.length;
    }
}
