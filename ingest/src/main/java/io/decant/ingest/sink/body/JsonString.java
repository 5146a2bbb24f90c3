package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;
import io.decant.bucketer.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * Text as the inside of a JSON string (RFC 8259, section 7), from memory to memory. Escapes what must be, nothing else:
 * quotation mark, backslash, and what is below U+0020.
 *
 * <p>Eight bytes are checked at a time; the tests are those of S. E. Anderson's <i>Bit Twiddling Hacks</i> ("Determine
 * if a word has a zero byte", "... a byte less than n"), whose lowest mark is exact. Stateless.
 */
final class JsonString {

    /** What {@link #escapedBytes} says of bytes that are no UTF-8. */
    static final long NOT_UTF8 = -1;

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TOPS = ONES << 7;
    private static final long LOW_SEVEN = ~TOPS;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int SHORT_ESCAPE_BYTES = 2;
    private static final int LONG_ESCAPE_BYTES = 6;

    private JsonString() {}

    /**
     * How many bytes {@link #escape} makes of a text.
     *
     * @return {@link #NOT_UTF8} where it is none
     */
    static long escapedBytes(long address, long length) {
        long bytes = length;
        long end = address + length;
        long at = address;
        while (at < end) {
            if (end - at >= Long.BYTES) {
                long word = Memory.getLongLittleEndian(at);
                long rare = (word | (word - SPACES)) & TOPS;
                if (rare == 0) {
                    bytes += Long.bitCount(quoted(word));
                    at += Long.BYTES;
                    continue;
                }
                // Up to the lowest mark, which is exact, each that is escaped becomes two.
                bytes += Long.bitCount(quoted(word) & ((rare & -rare) - 1));
                at += firstByte(rare);
            }
            byte value = Memory.getByte(at);
            if (value < 0) {
                int character = Utf8.characterBytes(at, end);
                if (character == 0) {
                    return NOT_UTF8;
                }
                at += character;
            } else {
                bytes += isSpecial(value) ? (shortEscape(value) != 0 ? SHORT_ESCAPE_BYTES : LONG_ESCAPE_BYTES) - 1 : 0;
                at++;
            }
        }
        return bytes;
    }

    /** The top bit of every byte that is a quotation mark or a backslash, and no other bit: exact for all eight. */
    private static long quoted(long word) {
        long quotes = word ^ QUOTES;
        long backslashes = word ^ BACKSLASHES;
        long notQuotes = ((quotes & LOW_SEVEN) + LOW_SEVEN) | quotes;
        long notBackslashes = ((backslashes & LOW_SEVEN) + LOW_SEVEN) | backslashes;
        return ~(notQuotes & notBackslashes) & TOPS;
    }

    /**
     * The first byte from {@code at} on that is not an ASCII character which stands for itself; {@code end} if all are.
     */
    static long firstSpecial(long at, long end) {
        long next = at;
        for (; end - next >= Long.BYTES; next += Long.BYTES) {
            long word = Memory.getLongLittleEndian(next);
            long found = (escapable(word) | word) & TOPS;
            if (found != 0) {
                return next + firstByte(found);
            }
        }
        while (next < end && !isSpecial(Memory.getByte(next))) {
            next++;
        }
        return next;
    }

    private static boolean isSpecial(byte value) {
        return value < ' ' || value == '"' || value == '\\';
    }

    /** Marks of the bytes to be escaped in their top bits; exact up to the lowest one. */
    private static long escapable(long word) {
        long quotes = word ^ QUOTES;
        long backslashes = word ^ BACKSLASHES;
        return (((word - SPACES) & ~word) | ((quotes - ONES) & ~quotes) | ((backslashes - ONES) & ~backslashes)) & TOPS;
    }

    private static int firstByte(long marks) {
        return Long.numberOfTrailingZeros(marks) / Byte.SIZE;
    }

    /**
     * Writes a text that is UTF-8, escaped.
     *
     * @param to where as many bytes can be written as {@link #escapedBytes} says
     * @return behind the last byte written
     */
    static long escape(long address, long length, long to) {
        long end = address + length;
        long at = address;
        long put = to;
        // Escaped is never shorter: with a word more behind the one that is read, there is room to write words.
        while (end - at >= 2 * Long.BYTES) {
            long word = Memory.getLongLittleEndian(at);
            if (((word - SPACES) & ~word & TOPS) != 0) {
                put = escape(Memory.getByte(at++), put);
                continue;
            }
            // For each mark the word from there on once more, behind a backslash.
            Memory.putLongLittleEndian(put, word);
            int inserted = 0;
            for (long quoted = quoted(word); quoted != 0; quoted &= quoted - 1) {
                int mark = firstByte(quoted);
                long rest = word >>> (mark * Byte.SIZE);
                Memory.putLongLittleEndian(put + mark + inserted, (rest << Byte.SIZE) | '\\');
                inserted++;
            }
            put += Long.BYTES + inserted;
            // Of eight bytes behind a backslash the last did not fit.
            Memory.putByte(put - 1, (byte) (word >>> (Long.SIZE - Byte.SIZE)));
            at += Long.BYTES;
        }
        while (at < end) {
            put = escape(Memory.getByte(at++), put);
        }
        return put;
    }

    private static long escape(byte value, long to) {
        if (value < 0 || !isSpecial(value)) {
            Memory.putByte(to, value);
            return to + 1;
        }
        byte letter = shortEscape(value);
        Memory.putByte(to, (byte) '\\');
        if (letter != 0) {
            Memory.putByte(to + 1, letter);
            return to + SHORT_ESCAPE_BYTES;
        }
        Memory.putByte(to + 1, (byte) 'u');
        Memory.putByte(to + 2, (byte) '0');
        Memory.putByte(to + 3, (byte) '0');
        Memory.putByte(to + 4, HEX[value >>> 4]);
        Memory.putByte(to + 5, HEX[value & 0xF]);
        return to + LONG_ESCAPE_BYTES;
    }

    /** What stands behind the backslash; 0 where that is {@code u} and the code. */
    private static byte shortEscape(byte value) {
        return switch (value) {
            case '"', '\\' -> value;
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
    }
}
