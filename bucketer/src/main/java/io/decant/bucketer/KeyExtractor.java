package io.decant.bucketer;

/**
 * Takes the key out of a record. The same record has the same key on every call, thread and machine.
 *
 * <p>Owned by one thread; {@link KeySpec#newExtractor()} makes one. May allocate per record.
 */
public abstract sealed class KeyExtractor
        permits RecordKeyExtractor, KafkaKeyExtractor, JsonKeyExtractor, CsvKeyExtractor, RegexKeyExtractor {

    private static final int BUFFER_BYTES_MIN = 1024;

    private byte[] buffer = new byte[BUFFER_BYTES_MIN];

    KeyExtractor() {}

    /**
     * The key of the record of {@code length} bytes at {@code address}, newline not included; null when the record has
     * none. A key may be empty, which is a key like any other.
     */
    public byte[] key(long address, int length) {
        if (buffer.length < length) {
            buffer = new byte[Math.max(length, (int) Math.min(2L * buffer.length, Integer.MAX_VALUE - 8))];
        }
        Memory.copyToArray(address, buffer, 0, length);
        return key(buffer, length);
    }

    /** The key of a record that lies in a {@link Frame}: it is looked for in the value, of which a tombstone has none. */
    byte[] keyOfFrame(long frame) {
        return Frame.isTombstone(frame) ? null : key(Frame.valueAddress(frame), Frame.valueLength(frame));
    }

    /** The key of the record that is the first {@code length} bytes of {@code record}; null when it has none. */
    abstract byte[] key(byte[] record, int length);
}
