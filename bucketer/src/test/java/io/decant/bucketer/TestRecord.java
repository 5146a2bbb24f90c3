package io.decant.bucketer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A record as a test writes it down; all text is one byte a character.
 *
 * @param framed else it is a line, and has a value and nothing more
 * @param key null: none
 * @param value null: a tombstone
 */
record TestRecord(
        boolean framed, String key, String value, long offset, long timestampMillis, Map<String, String> headers) {

    static TestRecord line(String value) {
        return new TestRecord(false, null, value, 0, 0, Map.of());
    }

    static TestRecord frame(String key, String value) {
        return new TestRecord(true, key, value, 0, 0, Map.of());
    }

    /** The bytes that a chunk holds of it. */
    byte[] bytes() {
        if (!framed) {
            return NaiveBuckets.bytes(value + "\n");
        }
        byte[] keyBytes = key == null ? null : NaiveBuckets.bytes(key);
        byte[] valueBytes = value == null ? null : NaiveBuckets.bytes(value);
        byte[] headerBytes = headerBytes();
        ByteBuffer frame = ByteBuffer.allocate((int) Frame.bytes(
                key == null ? Frame.ABSENT : key.length(),
                headerBytes.length,
                value == null ? Frame.ABSENT : value.length()));
        Frame.put(frame, offset, timestampMillis, keyBytes, headerBytes, valueBytes);
        return frame.array();
    }

    private byte[] headerBytes() {
        if (headers.isEmpty()) {
            return new byte[0];
        }
        ByteBuffer bytes = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(headers.size());
        headers.forEach((name, text) -> {
            bytes.putShort((short) name.length()).put(NaiveBuckets.bytes(name));
            bytes.putInt(text == null ? Frame.ABSENT : text.length());
            bytes.put(NaiveBuckets.bytes(text == null ? "" : text));
        });
        byte[] exact = new byte[bytes.position()];
        bytes.flip().get(exact);
        return exact;
    }

    /** The record that lies in a frame. */
    static TestRecord read(long frame) {
        Map<String, String> headers = new LinkedHashMap<>();
        FrameHeaders from = new FrameHeaders();
        from.set(frame);
        while (from.next()) {
            headers.put(
                    text(from.nameAddress(), from.nameLength()),
                    from.hasValue() ? text(from.valueAddress(), from.valueLength()) : null);
        }
        return new TestRecord(
                true,
                Frame.hasKey(frame) ? text(Frame.keyAddress(frame), Frame.keyLength(frame)) : null,
                Frame.isTombstone(frame) ? null : text(Frame.valueAddress(frame), Frame.valueLength(frame)),
                Frame.offset(frame),
                Frame.timestampMillis(frame),
                headers);
    }

    private static String text(long address, int length) {
        return NaiveBuckets.text(NativeBytes.read(address, length));
    }

    /** Those that are all lines, or all frames, as a chunk. */
    static byte[] chunk(List<TestRecord> records) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        records.forEach(record -> chunk.writeBytes(record.bytes()));
        return chunk.toByteArray();
    }
}
