package io.decant.bucketer;

/**
 * Finds newlines in memory, eight bytes at a time.
 *
 * <p>A word is tested for a newline byte as in <i>Hacker's Delight</i> (H. S. Warren, 6-1, "Find First 0-Byte"), on the
 * word xor-ed with newlines. Every method reads only within the range it is given. Stateless; any thread.
 */
public final class Lines {

    /** What a position is when there is no such newline. */
    public static final long NONE = -1;

    private static final long NEWLINES = 0x0A0A0A0A0A0A0A0AL;
    private static final long LOW_SEVEN = 0x7F7F7F7F7F7F7F7FL;
    private static final byte NEWLINE = '\n';

    private Lines() {}

    /** How many newlines there are in {@code length} bytes from {@code address}. */
    public static long count(long address, long length) {
        assert length >= 0 : length;
        long count = 0;
        long limit = address + length;
        for (long at = address; at < limit; at += Long.BYTES) {
            count += Long.bitCount(newlines(address, at, limit));
        }
        return count;
    }

    /** The address of the first newline in {@code [address, limit)}, or {@link #NONE}. */
    public static long nextNewline(long address, long limit) {
        for (long at = address; at < limit; at += Long.BYTES) {
            long found = newlines(address, at, limit);
            if (found != 0) {
                return at + firstByte(found);
            }
        }
        return NONE;
    }

    /** The address of the last newline in {@code length} bytes from {@code address}, or {@link #NONE}. */
    public static long lastNewline(long address, long length) {
        assert length >= 0 : length;
        long end = address + length;
        for (; end - address >= Long.BYTES; end -= Long.BYTES) {
            long found = newlines(Memory.getLongLittleEndian(end - Long.BYTES));
            if (found != 0) {
                return end - 1 - Long.numberOfLeadingZeros(found) / Byte.SIZE;
            }
        }
        while (end > address) {
            end--;
            if (Memory.getByte(end) == NEWLINE) {
                return end;
            }
        }
        return NONE;
    }

    /**
     * The address of the {@code n}-th newline, from 1, in {@code length} bytes from {@code address}, or {@link #NONE}
     * when there are fewer.
     *
     * @param n at least 1
     */
    public static long nthNewline(long address, long length, long n) {
        assert n >= 1 && length >= 0;
        long limit = address + length;
        long left = n;
        for (long at = address; at < limit; at += Long.BYTES) {
            long found = newlines(address, at, limit);
            int here = Long.bitCount(found);
            if (here >= left) {
                for (; left > 1; left--) {
                    found &= found - 1;
                }
                return at + firstByte(found);
            }
            left -= here;
        }
        return NONE;
    }

    /**
     * {@link #newlines(long)} of the eight bytes at {@code at}, or of as many as there are before {@code limit}; reads
     * within {@code [start, limit)} only.
     */
    static long newlines(long start, long at, long limit) {
        if (limit - at >= Long.BYTES) {
            return newlines(Memory.getLongLittleEndian(at));
        }
        if (limit - start >= Long.BYTES) {
            int beforeAt = (int) (at - (limit - Long.BYTES));
            return newlines(Memory.getLongLittleEndian(limit - Long.BYTES) >>> (beforeAt * Byte.SIZE));
        }
        long word = 0;
        for (long last = limit - 1; last >= at; last--) {
            word = (word << Byte.SIZE) | Byte.toUnsignedInt(Memory.getByte(last));
        }
        return newlines(word);
    }

    /** The top bit of every byte that is a newline, and no other bit: exact for all eight bytes, not only the first. */
    static long newlines(long word) {
        long zeroed = word ^ NEWLINES;
        return ~(((zeroed & LOW_SEVEN) + LOW_SEVEN) | zeroed | LOW_SEVEN);
    }

    /** Which byte of a little-endian word the lowest mark of {@link #newlines} stands for. */
    static int firstByte(long newlines) {
        return Long.numberOfTrailingZeros(newlines) / Byte.SIZE;
    }
}
