package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frames for tests, as a source makes them. */
public final class FrameBytes {

    private static final byte[] NO_HEADERS = {};

    private FrameBytes() {}

    /** One without headers. */
    public static byte[] of(long offset, long timestampMillis, String key, byte[] value) {
        return of(offset, timestampMillis, key == null ? null : key.getBytes(UTF_8), NO_HEADERS, value);
    }

    public static byte[] of(long offset, long timestampMillis, byte[] key, byte[] headers, byte[] value) {
        ByteBuffer frame = ByteBuffer.allocate((int) Frame.bytes(
                key == null ? Frame.ABSENT : key.length, headers.length, value == null ? Frame.ABSENT : value.length));
        Frame.put(frame, offset, timestampMillis, key, headers, value);
        return frame.array();
    }

    /** Headers in their order; a value may be null. */
    public static byte[] headers(Map<String, byte[]> headers) {
        if (headers.isEmpty()) {
            return NO_HEADERS;
        }
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(headers.size());
        new LinkedHashMap<>(headers).forEach((name, value) -> {
            byte[] text = name.getBytes(UTF_8);
            bytes.putShort((short) text.length).put(text);
            bytes.putInt(value == null ? Frame.ABSENT : value.length);
            bytes.put(value == null ? NO_HEADERS : value);
        });
        byte[] exact = new byte[bytes.position()];
        bytes.flip().get(exact);
        return exact;
    }

    /** The values of the frames in there, as text; null that of a tombstone. */
    public static List<String> values(byte[] payload) {
        long address = Memory.allocate(payload.length);
        try {
            Memory.copyFromArray(payload, 0, payload.length, address);
            List<String> values = new ArrayList<>();
            for (long frame = address; frame < address + payload.length; frame += Frame.length(frame)) {
                values.add(Frame.isTombstone(frame) ? null : value(frame));
            }
            return values;
        } finally {
            Memory.free(address, payload.length);
        }
    }

    private static String value(long frame) {
        byte[] value = new byte[Frame.valueLength(frame)];
        Memory.copyToArray(Frame.valueAddress(frame), value, 0, value.length);
        return new String(value, UTF_8);
    }
}
