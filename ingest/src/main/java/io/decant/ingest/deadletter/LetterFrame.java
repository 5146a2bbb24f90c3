package io.decant.ingest.deadletter;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a record has beside its value, where it lay in a {@link Frame}; a letter keeps it, so that the record can go out
 * again whole.
 *
 * @param topic of Kafka's that it came from; empty if unknown, as of a letter that went out again
 * @param partition of that topic; {@link #NO_PARTITION} without a topic
 * @param offset in the stream that it first came in
 * @param timestampMillis milliseconds since the epoch; negative: none
 * @param key not copied; null: none
 * @param headers as they lay in the frame, not copied; empty: none
 * @param tombstone whether there is no value
 */
@SuppressWarnings("ArrayRecordComponent") // As in a letter: compared by content, and must not be changed.
public record LetterFrame(
        String topic, int partition, long offset, long timestampMillis, byte[] key, byte[] headers, boolean tombstone) {

    public static final int NO_PARTITION = -1;
    /** Of the largest int. */
    private static final int DIGITS_MAX = 10;

    public LetterFrame {
        Objects.requireNonNull(headers, "headers");
        if (partition < NO_PARTITION || topic.isEmpty() != (partition == NO_PARTITION)) {
            throw new IllegalArgumentException("invalid partition: " + partition + " of '" + topic + "'");
        }
        if (offset < 0) {
            throw new IllegalArgumentException("invalid offset: " + offset);
        }
    }

    /** That of a record whose partition is unknown. */
    public LetterFrame(long offset, long timestampMillis, byte[] key, byte[] headers, boolean tombstone) {
        this("", NO_PARTITION, offset, timestampMillis, key, headers, tombstone);
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

    /**
     * The same record as one of a partition.
     *
     * @param stream {@code <topic>-<partition>}; of any other text the record stays as it is
     */
    public LetterFrame in(String stream) {
        int dash = stream.lastIndexOf('-');
        String number = stream.substring(dash + 1);
        boolean isPartition = dash > 0
                && !number.isEmpty()
                && number.length() < DIGITS_MAX
                && number.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return isPartition
                ? new LetterFrame(
                        stream.substring(0, dash),
                        Integer.parseInt(number),
                        offset,
                        timestampMillis,
                        key,
                        headers,
                        tombstone)
                : this;
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }

    /**
     * The frame of a record with this value, as the journal takes it; what the value is does not matter of a tombstone.
     */
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
                && topic.equals(that.topic)
                && partition == that.partition
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
