package io.decant.ingest.deadletter;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a record has beside its value, where it lay in a {@link Frame}; a letter keeps it, so that the record can go out again whole.
 *
 * @param offset in the stream that it first came in
 * @param timestampMillis milliseconds since the epoch; negative: none
 * @param key not copied; null: none
 * @param headers as they lay in the frame, not copied; empty: none
 * @param tombstone whether there is no value
 */
@SuppressWarnings("ArrayRecordComponent") // As in a letter: compared by content, and nobody may change them.
public record LetterFrame(long offset, long timestampMillis, byte[] key, byte[] headers, boolean tombstone) {

    public LetterFrame {
        Objects.requireNonNull(headers, "headers");
        if (offset < 0) {
            throw new IllegalArgumentException("no offset: " + offset);
        }
    }

    /** That of the frame at this address; null where there is none at 0: the record is a line. */
    public static LetterFrame of(long frame) {
        return frame == 0
                ? null
                : new LetterFrame(
                        Frame.offset(frame),
                        Frame.timestampMillis(frame),
                        Frame.hasKey(frame) ? bytes(Frame.keyAddress(frame), Frame.keyLength(frame)) : null,
                        bytes(Frame.headersAddress(frame), Frame.headersLength(frame)),
                        Frame.isTombstone(frame));
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }

    /** The frame of a record with this value, as the journal takes it; what the value is does not matter of a tombstone. */
    public byte[] around(byte[] value) {
        byte[] present = tombstone ? null : value;
        int keyLength = key == null ? Frame.ABSENT : key.length;
        int valueLength = tombstone ? Frame.ABSENT : value.length;
        ByteBuffer frame = ByteBuffer.allocate(Math.toIntExact(Frame.bytes(keyLength, headers.length, valueLength)));
        Frame.put(frame, offset, timestampMillis, key, headers, present);
        return frame.array();
    }

    /** Bytes of key and headers. */
    int bytes() {
        return (key == null ? 0 : key.length) + headers.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LetterFrame that
                && offset == that.offset
                && timestampMillis == that.timestampMillis
                && tombstone == that.tombstone
                && Arrays.equals(key, that.key)
                && Arrays.equals(headers, that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(offset, timestampMillis, tombstone);
    }
}
