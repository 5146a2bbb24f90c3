package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Finds the key of a record. The same record has the same key on every call, thread and machine.
 *
 * <p>A key is hashed without being copied out of its record. Where it stands there byte for byte it is hashed in place;
 * where it stands with escapes it is hashed through a window of at most {@value EscapedText#WINDOW_BYTES} bytes
 * ({@link EscapedText}). So the memory that a record needs is bounded whatever is in it; what an extractor needs beyond
 * that, it says. Only what is to be shown or counted is copied.
 *
 * <p>Owned by one thread; {@link KeySpec#newExtractor()} makes one.
 */
public abstract class KeyExtractor {

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

    /** The same for such a record that would have another value, and a value in any case. */
    boolean findWithValue(long frame, long value, int length) {
        return find(value, length);
    }

    /**
     * Has a field of a CSV row be found by a walk through the row that others share. Whoever shares it says before each
     * record that it is another one: {@link CsvRow#forget}.
     */
    void share(CsvRow row) {}

    /** The same for a value in JSON. */
    void share(JsonWalk walk) {}

    /** How many keys a record can have. */
    int slots() {
        return 1;
    }

    /** The name of what the key in a slot is compared with; empty where there is one. */
    String name(int slot) {
        return "";
    }

    /**
     * The hash of one of several keys, from the second on, after {@link #hash} gave that of the first;
     * {@link SeveralKeysExtractor#ABSENT} where there is none.
     */
    long slot(int slot) {
        throw new IndexOutOfBoundsException(slot);
    }

    /** How the key that was found last stands in its record. */
    KeyForm form() {
        return KeyForm.TEXT;
    }

    /** The hash of the key that was found last; its record must still be there. */
    long hash(LongHashFunction function) {
        return function.hashMemory(keyAddress, keyLength);
    }

    /**
     * A copy of the first bytes of the key that was found last, as reports show it: by what it is compared by, so
     * {@code 1} for {@code 1.0}, and of a composite key a JSON array of that. {@link #copyTo} keeps the spelling. Its
     * record must still be there.
     *
     * @param bytesMax at most so many, from 0 to {@value EscapedText#WINDOW_BYTES}
     */
    public byte[] firstBytes(int bytesMax) {
        byte[] bytes = new byte[Math.min(keyLength, bytesMax)];
        Memory.copyToArray(keyAddress, bytes, 0, bytes.length);
        return bytes;
    }

    /** Whether the key that was found last is shown as it stands in its record, byte for byte. */
    boolean isPlain() {
        return true;
    }

    /** Most bytes that {@link #copyTo} writes of the key that was found last. */
    long copyBytesMax() {
        return keyLength;
    }

    /**
     * Writes the key that was found last as counts show it, without escapes and in its own spelling, to memory of
     * {@link #copyBytesMax()} bytes; its record must still be there.
     *
     * @return how many bytes
     */
    int copyTo(long destination) {
        Memory.copy(keyAddress, destination, keyLength);
        return keyLength;
    }

    /** Whether the key that was found last is compared by the bytes that are shown. */
    boolean isComparedAsShown() {
        return true;
    }

    /** Most bytes that {@link #copyComparedTo} writes of the key that was found last. */
    long comparedBytesMax() {
        return copyBytesMax();
    }

    /**
     * Writes what the key that was found last is compared by, to memory of {@link #comparedBytesMax()} bytes; its
     * record must still be there. Two keys are equal where these bytes are.
     *
     * @return how many bytes
     */
    int copyComparedTo(long destination) {
        return copyTo(destination);
    }

    /** Whether keys are shown as JSON. */
    boolean isJson() {
        return false;
    }

    /**
     * Whether the record that was looked at last, or the value in its frame, was read to its end and is exactly one
     * JSON text: the grammar of RFC 8259, in UTF-8, without a byte order mark or white space around it. False: nobody
     * knows. Says nothing after a record in a frame without a value.
     */
    boolean hasReadJson() {
        return false;
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
