package io.decant.bucketer;

/**
 * The headers of a {@link Frame}, one after the other, in their order; a name may come more than once. Little-endian: an i32 with
 * their number, then each as i16 and that many bytes of UTF-8, its name, and i32 and that many bytes, its value, -1 where it has none.
 *
 * <p>Owned by one thread; good for as long as the frame's memory is.
 */
public final class FrameHeaders {

    private long next;
    private long end;
    private int left;
    private long nameAddress;
    private int nameLength;
    private int valueLength;

    /** Turns to the headers of a frame, before the first one. */
    public void set(long frame) {
        next = Frame.headersAddress(frame);
        end = next + Frame.headersLength(frame);
        left = 0;
        if (end > next) {
            left = Memory.getIntLittleEndian(next);
            next += Integer.BYTES;
        }
    }

    /** How many are left. */
    public int left() {
        return left;
    }

    /** Goes to the next one; false behind the last. */
    public boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        nameLength = Memory.getShortLittleEndian(next) & 0xFFFF;
        nameAddress = next + Short.BYTES;
        valueLength = Memory.getIntLittleEndian(nameAddress + nameLength);
        next = valueAddress() + valueLength();
        assert next <= end : "headers run " + (next - end) + " bytes over their end";
        return true;
    }

    /** Where the name begins, in UTF-8. */
    public long nameAddress() {
        return nameAddress;
    }

    public int nameLength() {
        return nameLength;
    }

    public boolean hasValue() {
        return valueLength >= 0;
    }

    /** Where the value begins, if there is one. */
    public long valueAddress() {
        return nameAddress + nameLength + Integer.BYTES;
    }

    /** Bytes of the value; 0 where there is none. */
    public int valueLength() {
        return Math.max(0, valueLength);
    }
}
