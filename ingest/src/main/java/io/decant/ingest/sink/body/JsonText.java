package io.decant.ingest.sink.body;

import io.decant.bucketer.Memory;
import io.decant.bucketer.Utf8;
import java.util.Arrays;

/**
 * Tells whether bytes are exactly one JSON text: the grammar of RFC 8259, in UTF-8 without a byte order mark. What the
 * grammar leaves open is let through: names may come twice, numbers may be of any size, escaped surrogates may stand
 * alone, and nesting may be as deep as the bytes allow.
 *
 * <p>Looks at every byte about once, and keeps one bit for each level of nesting; once there is room for that, nothing
 * is allocated. Owned by one thread.
 */
final class JsonText {

    /** What an address is behind a text that breaks the grammar. */
    private static final long BROKEN = -1;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final int HEX_DIGITS = 4;

    /** For each level that is open, the outermost first, whether it is an object. */
    private long[] objects = new long[1];

    private int depth;
    private long end;

    /** Whether {@code [address, limit)} is a JSON text; white space around it is part of it. */
    boolean matches(long address, long limit) {
        end = limit;
        depth = 0;
        long at = value(skipSpace(address, end));
        while (at != BROKEN && depth > 0) {
            at = skipSpace(at, end);
            byte next = peek(at);
            if (next == ',') {
                long begin = skipSpace(at + 1, end);
                at = value(inObject() ? name(begin) : begin);
            } else if (next == (inObject() ? '}' : ']')) {
                depth--;
                at++;
            } else {
                return false;
            }
        }
        return at != BROKEN && skipSpace(at, end) == end;
    }

    /** The first byte in {@code [address, end)} that is not white space, or {@code end}. */
    static long skipSpace(long address, long end) {
        long at = address;
        while (at < end && isSpace(Memory.getByte(at))) {
            at++;
        }
        return at;
    }

    /** Behind the last byte in {@code [address, end)} that is not white space, or {@code address}. */
    static long trimEnd(long address, long end) {
        long at = end;
        while (at > address && isSpace(Memory.getByte(at - 1))) {
            at--;
        }
        return at;
    }

    private static boolean isSpace(byte value) {
        return value == ' ' || value == '\t' || value == '\n' || value == '\r';
    }

    /** The byte at {@code at}; at the end a zero, which the grammar allows nowhere. */
    private byte peek(long at) {
        return at < end ? Memory.getByte(at) : 0;
    }

    /**
     * Reads from where a value must begin to behind the first value that is complete: a scalar or an empty container,
     * on the way to which containers may have been opened.
     */
    private long value(long begin) {
        long at = begin;
        while (at != BROKEN) {
            byte first = peek(at);
            if (first != '{' && first != '[') {
                return scalar(first, at);
            }
            boolean object = first == '{';
            at = skipSpace(at + 1, end);
            if (peek(at) == (object ? '}' : ']')) {
                return at + 1;
            }
            open(object);
            at = object ? name(at) : at;
        }
        return BROKEN;
    }

    private void open(boolean object) {
        int word = depth / Long.SIZE;
        if (word == objects.length) {
            objects = Arrays.copyOf(objects, 2 * word);
        }
        long bit = 1L << depth;
        objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
        depth++;
    }

    private boolean inObject() {
        int level = depth - 1;
        return (objects[level / Long.SIZE] >>> level & 1) != 0;
    }

    /** Reads a member's name and colon, to where its value must begin. */
    private long name(long begin) {
        long closed = peek(begin) == '"' ? string(begin + 1) : BROKEN;
        if (closed == BROKEN) {
            return BROKEN;
        }
        long colon = skipSpace(closed, end);
        return peek(colon) == ':' ? skipSpace(colon + 1, end) : BROKEN;
    }

    private long scalar(byte first, long begin) {
        return switch (first) {
            case '"' -> string(begin + 1);
            case 't' -> literal(TRUE, begin);
            case 'f' -> literal(FALSE, begin);
            case 'n' -> literal(NULL, begin);
            default -> number(begin);
        };
    }

    private long literal(byte[] letters, long begin) {
        for (int i = 0; i < letters.length; i++) {
            if (peek(begin + i) != letters[i]) {
                return BROKEN;
            }
        }
        return begin + letters.length;
    }

    private long number(long begin) {
        long at = peek(begin) == '-' ? begin + 1 : begin;
        at = peek(at) == '0' ? at + 1 : digits(at);
        if (at != BROKEN && peek(at) == '.') {
            at = digits(at + 1);
        }
        if (at != BROKEN && (peek(at) == 'e' || peek(at) == 'E')) {
            byte sign = peek(at + 1);
            at = digits(sign == '+' || sign == '-' ? at + 2 : at + 1);
        }
        return at;
    }

    /** Reads at least one digit. */
    private long digits(long begin) {
        long at = begin;
        while (peek(at) >= '0' && peek(at) <= '9') {
            at++;
        }
        return at == begin ? BROKEN : at;
    }

    /** Reads a string from behind its opening quotation mark. */
    private long string(long begin) {
        long at = begin;
        while (at != BROKEN) {
            at = JsonString.firstSpecial(at, end);
            byte special = peek(at);
            if (special == '"') {
                return at + 1;
            }
            if (special == '\\') {
                at = escape(at + 1);
            } else {
                int character = special < 0 ? Utf8.characterBytes(at, end) : 0;
                at = character == 0 ? BROKEN : at + character;
            }
        }
        return BROKEN;
    }

    /** Reads an escape from behind its backslash. */
    private long escape(long begin) {
        return switch (peek(begin)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> begin + 1;
            case 'u' -> hexDigits(begin + 1);
            default -> BROKEN;
        };
    }

    private long hexDigits(long begin) {
        for (int i = 0; i < HEX_DIGITS; i++) {
            if (Character.digit(peek(begin + i), 16) < 0) {
                return BROKEN;
            }
        }
        return begin + HEX_DIGITS;
    }
}
