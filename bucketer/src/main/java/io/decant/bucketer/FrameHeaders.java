package io.decant.bucketer;

/**
 * The headers of a {@link Frame}, one after the other, in their order; a name may come more than once. Little-endian:
 * an i32 with their number, then each as i16 and that many bytes of UTF-8, its name, and i32 and that many bytes, its
 * value, -1 where it has none. Where a name takes more bytes than an i16 without a sign can say, the number's highest
 * bit is set, and lengths of names are i32.
 *
 * <p>Owned by one thread; good for as long as the frame's memory is.
 */
public final class FrameHeaders {

    /** Bytes of a name whose length is an i16. */
    public static final int NAME_BYTES_MAX = 0xFFFF;
    /** Set in the number of headers where the lengths of names are i32. */
    public static final int WIDE = 1 << 31;

    private long next;
    private long end;
    private int left;
    private boolean isWide;
    private long nameAddress;
    private int nameLength;
    private int valueLength;

    /** Turns to the headers of a frame, before the first one. */
    public void set(long frame) {
        next = Frame.headersAddress(frame);
        end = next + Frame.headersLength(frame);
        left = 0;
        if (end > next) {
            int count = Memory.getIntLittleEndian(next);
            isWide = (count & WIDE) != 0;
            left = count & ~WIDE;
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
        if (isWide) {
            nameLength = Memory.getIntLittleEndian(next);
            nameAddress = next + Integer.BYTES;
        } else {
            nameLength = Memory.getShortLittleEndian(next) & NAME_BYTES_MAX;
            nameAddress = next + Short.BYTES;
        }
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
