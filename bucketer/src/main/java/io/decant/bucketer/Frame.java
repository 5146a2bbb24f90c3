package io.decant.bucketer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A record that is more than a line, as it lies in memory: with a key, headers, a timestamp, an offset, and perhaps
 * without a value. Little-endian, without padding:
 *
 * <pre>
 *  0  i32  length of the frame, this field included
 *  4  i64  offset
 * 12  i64  timestamp, milliseconds since the epoch; negative: unknown
 * 20  i32  length of the key; -1: none
 * 24  i32  length of the headers; 0: none
 * 28  i32  length of the value; -1: none, the record is a tombstone
 * 32  ...  key, headers (see {@link FrameHeaders}), value
 * </pre>
 *
 * <p>A frame is named by the address of its first byte. Nothing here checks bounds but {@link #lengthWithin}, which
 * the first reader of a frame calls. Stateless; any thread.
 */
public final class Frame {

    /** What stands before the key. */
    public static final int HEADER_BYTES = 32;
    /** The length of a key or value that there is not. */
    public static final int ABSENT = -1;

    private static final int OFFSET_AT = Integer.BYTES;
    private static final int TIMESTAMP_AT = OFFSET_AT + Long.BYTES;
    private static final int KEY_LENGTH_AT = TIMESTAMP_AT + Long.BYTES;
    private static final int HEADERS_LENGTH_AT = KEY_LENGTH_AT + Integer.BYTES;
    private static final int VALUE_LENGTH_AT = HEADERS_LENGTH_AT + Integer.BYTES;
    private static final long NOT_A_FRAME = -1;

    private Frame() {}

    /**
     * How long a frame with these parts is; beyond {@link Integer#MAX_VALUE} there is none.
     *
     * @param key bytes of the key, or {@link #ABSENT}
     * @param headers bytes of the headers, 0 where there are none
     * @param value bytes of the value, or {@link #ABSENT}
     */
    public static long bytes(int key, int headers, int value) {
        return (long) HEADER_BYTES + Math.max(0, key) + headers + Math.max(0, value);
    }

    /**
     * Writes a frame to where the buffer is.
     *
     * @param target has room for {@link #bytes} many; its byte order is little-endian afterwards
     * @param key null: none
     * @param headers as {@link FrameHeaders} reads them; empty: none
     * @param value null: none, a tombstone
     */
    public static void put(
            ByteBuffer target, long offset, long timestampMillis, byte[] key, byte[] headers, byte[] value) {
        int keyLength = key == null ? ABSENT : key.length;
        int valueLength = value == null ? ABSENT : value.length;
        target.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Math.toIntExact(bytes(keyLength, headers.length, valueLength)))
                .putLong(offset)
                .putLong(timestampMillis)
                .putInt(keyLength)
                .putInt(headers.length)
                .putInt(valueLength);
        if (key != null) {
            target.put(key);
        }
        target.put(headers);
        if (value != null) {
            target.put(value);
        }
    }

    /**
     * Writes a frame without a key, with a value that lies in a buffer.
     *
     * @param target has room for {@link #bytes} many; its byte order is little-endian afterwards
     * @param headers as {@link FrameHeaders} reads them; empty: none
     * @param value from its position to its limit; read to the limit
     */
    public static void putWithoutKey(
            ByteBuffer target, long offset, long timestampMillis, byte[] headers, ByteBuffer value) {
        int valueLength = value.remaining();
        target.order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Math.toIntExact(bytes(ABSENT, headers.length, valueLength)))
                .putLong(offset)
                .putLong(timestampMillis)
                .putInt(ABSENT)
                .putInt(headers.length)
                .putInt(valueLength)
                .put(headers)
                .put(value);
    }

    /**
     * Writes a frame with all that another one has but its value.
     *
     * @param to has room for {@link #bytesWithValue} many
     */
    static void putWithValue(long frame, long value, int valueLength, long to) {
        int before = (int) (valueAddress(frame) - frame);
        Memory.copy(frame, to, before);
        Memory.copy(value, to + before, valueLength);
        Memory.putIntLittleEndian(to, before + valueLength);
        Memory.putIntLittleEndian(to + VALUE_LENGTH_AT, valueLength);
    }

    /** How long such a frame is. */
    static long bytesWithValue(long frame, int valueLength) {
        return valueAddress(frame) - frame + valueLength;
    }

    /** Length of the whole frame. */
    public static int length(long frame) {
        return Memory.getIntLittleEndian(frame);
    }

    /** The record's offset in its stream, which need not be dense. */
    public static long offset(long frame) {
        return Memory.getLongLittleEndian(frame + OFFSET_AT);
    }

    /** Milliseconds since the epoch; negative where the record has no timestamp. */
    public static long timestampMillis(long frame) {
        return Memory.getLongLittleEndian(frame + TIMESTAMP_AT);
    }

    public static boolean hasKey(long frame) {
        return keyLengthOrAbsent(frame) >= 0;
    }

    /** Where the key begins, if there is one. */
    public static long keyAddress(long frame) {
        return frame + HEADER_BYTES;
    }

    /** Bytes of the key; 0 where there is none, see {@link #hasKey}. */
    public static int keyLength(long frame) {
        return Math.max(0, keyLengthOrAbsent(frame));
    }

    /** Where the headers begin, if there are any. */
    public static long headersAddress(long frame) {
        return keyAddress(frame) + keyLength(frame);
    }

    /** Bytes of the headers; 0 where there are none. */
    public static int headersLength(long frame) {
        return Memory.getIntLittleEndian(frame + HEADERS_LENGTH_AT);
    }

    /** Whether the record has no value, which is not the same as an empty one. */
    public static boolean isTombstone(long frame) {
        return valueLengthOrAbsent(frame) < 0;
    }

    /** Where the value begins; of a tombstone, where the frame ends. */
    public static long valueAddress(long frame) {
        return frame + length(frame) - valueLength(frame);
    }

    /** Bytes of the value; 0 of a tombstone. */
    public static int valueLength(long frame) {
        return Math.max(0, valueLengthOrAbsent(frame));
    }

    /** Bytes of the value in a frame that is the beginning of an array; 0 of a tombstone. They are the frame's last. */
    public static int valueLength(byte[] frame) {
        return Math.max(0, ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(VALUE_LENGTH_AT));
    }

    /** The length of the frame at {@code address} if a whole one lies before {@code limit}; else a negative number. */
    static long lengthWithin(long address, long limit) {
        if (limit - address < HEADER_BYTES) {
            return NOT_A_FRAME;
        }
        int key = keyLengthOrAbsent(address);
        int headers = headersLength(address);
        int value = valueLengthOrAbsent(address);
        int length = length(address);
        boolean whole = key >= ABSENT
                && headers >= 0
                && value >= ABSENT
                && length == bytes(key, headers, value)
                && length <= limit - address;
        return whole ? length : NOT_A_FRAME;
    }

    /** How many whole frames follow one another from {@code address} on. */
    static long count(long address, long bytes) {
        long limit = address + bytes;
        long count = 0;
        long at = address;
        for (long length = lengthWithin(at, limit); length > 0; length = lengthWithin(at, limit)) {
            at += length;
            count++;
        }
        return count;
    }

    private static int keyLengthOrAbsent(long frame) {
        return Memory.getIntLittleEndian(frame + KEY_LENGTH_AT);
    }

    private static int valueLengthOrAbsent(long frame) {
        return Memory.getIntLittleEndian(frame + VALUE_LENGTH_AT);
    }
}
