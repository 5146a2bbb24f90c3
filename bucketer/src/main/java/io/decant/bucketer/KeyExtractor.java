package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Finds the key of a record. The same record has the same key on every call, thread and machine.
 *
 * <p>A key is never copied out of its record. Where it stands there byte for byte it is hashed in place; where it
 * stands with escapes it is hashed through a window of at most {@value EscapedText#WINDOW_BYTES} bytes
 * ({@link EscapedText}). So the memory that a record needs is bounded whatever is in it; what an extractor needs beyond
 * that, it says.
 *
 * <p>Owned by one thread; {@link KeySpec#newExtractor()} makes one.
 */
public abstract sealed class KeyExtractor
        permits RecordKeyExtractor,
                KafkaKeyExtractor,
                JsonKeyExtractor,
                CsvKeyExtractor,
                RegexKeyExtractor,
                Re2KeyExtractor {

    private long keyAddress;
    private int keyLength;

    KeyExtractor() {}

    /**
     * Looks for the key of the record of {@code length} bytes at {@code address}, newline not included.
     *
     * @return false when the record has none. A key may be empty, which is a key like any other
     */
    public abstract boolean find(long address, int length);

    /**
     * The same for a record that lies in a {@link Frame}: it is looked for in the value, of which a tombstone has none.
     */
    boolean findInFrame(long frame) {
        return !Frame.isTombstone(frame) && find(Frame.valueAddress(frame), Frame.valueLength(frame));
    }

    /** The hash of the key that was found last; its record must still be there. */
    long hash(LongHashFunction function) {
        return function.hashMemory(keyAddress, keyLength);
    }

    /**
     * A copy of the first bytes of the key that was found last, for showing it; its record must still be there.
     *
     * @param bytesMax at most so many, from 0 to {@value EscapedText#WINDOW_BYTES}
     */
    public byte[] firstBytes(int bytesMax) {
        byte[] bytes = new byte[Math.min(keyLength, bytesMax)];
        Memory.copyToArray(keyAddress, bytes, 0, bytes.length);
        return bytes;
    }

    /** The key is these bytes. */
    final void found(long address, long length) {
        keyAddress = address;
        keyLength = (int) length;
    }

    /** Where the key stands in its record, escapes and all. */
    final long keyAddress() {
        return keyAddress;
    }

    /** Bytes of the key as it stands in its record, escapes and all. */
    final int keyLength() {
        return keyLength;
    }
}
