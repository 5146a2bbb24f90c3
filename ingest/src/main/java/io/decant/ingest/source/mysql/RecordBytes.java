package io.decant.ingest.source.mysql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Bytes that grow: the frames of a block while its rows are read. For one thread; kept from block to block. */
final class RecordBytes {

    private static final int FIRST_BYTES = 64 << 10;
    /** What a long record has made of it is given back. */
    private static final int KEPT_BYTES_MAX = 4 << 20;

    private static final int CONTROL_END = 0x20;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NIBBLE_BITS = 4;
    private static final int NIBBLE = 0xF;
    private static final int ESCAPED_BYTES_MAX = 6;
    private static final int DECIMAL = 10;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    /** Forgets all from a place on. */
    void cutAt(int place) {
        length = place;
    }

    void copyTo(ByteBuf target) {
        target.writeBytes(bytes, 0, length);
    }

    /** Leaves room, to be filled later. */
    void skip(int count) {
        reserve(count);
        length += count;
    }

    void putByte(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void putBytes(byte[] value) {
        copy(value, 0, value.length);
    }

    /** The part of it from a place on. */
    void putBytes(byte[] value, int from) {
        copy(value, from, value.length);
    }

    /** A number in decimal digits. */
    void putLong(long value) {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                putAscii(Long.toString(value));
                return;
            }
            putByte('-');
        }
        long rest = Math.abs(value);
        int digits = 1;
        for (long higher = rest / DECIMAL; higher > 0; higher /= DECIMAL) {
            digits++;
        }
        reserve(digits);
        for (int place = length + digits - 1; place >= length; place--) {
            bytes[place] = (byte) ('0' + rest % DECIMAL);
            rest /= DECIMAL;
        }
        length += digits;
    }

    /** @param text of ASCII alone */
    void putAscii(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += count;
    }

    /** A text in UTF-8, as a JSON string. */
    void putJsonString(byte[] text) {
        reserve(text.length + 2);
        bytes[length++] = '"';
        int from = 0;
        for (int i = 0; i < text.length; i++) {
            byte b = text[i];
            if ((b >= 0 && b < CONTROL_END) || b == '"' || b == '\\') {
                copy(text, from, i);
                putEscaped(b);
                from = i + 1;
            }
        }
        copy(text, from, text.length);
        putByte('"');
    }

    private void copy(byte[] text, int from, int to) {
        reserve(to - from);
        System.arraycopy(text, from, bytes, length, to - from);
        length += to - from;
    }

    private void putEscaped(byte b) {
        reserve(ESCAPED_BYTES_MAX);
        bytes[length++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[length++] = b;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            case '\b' -> bytes[length++] = 'b';
            case '\f' -> bytes[length++] = 'f';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[b >> NIBBLE_BITS & NIBBLE];
                bytes[length++] = HEX[b & NIBBLE];
            }
        }
    }

    /** Bytes as a JSON string of base64. */
    void putBase64(byte[] value) {
        byte[] encoded = Base64.getEncoder().encode(value);
        reserve(encoded.length + 2);
        bytes[length++] = '"';
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
        bytes[length++] = '"';
    }

    /** JSON that is known to be right; white space between its values is on one line then. */
    void putJson(byte[] json) {
        reserve(json.length);
        for (byte b : json) {
            bytes[length++] = b == '\n' || b == '\r' || b == '\t' ? (byte) ' ' : b;
        }
    }

    void setByte(int place, int value) {
        bytes[place] = (byte) value;
    }

    void setIntLittleEndian(int place, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[place + i] = (byte) (value >> (Byte.SIZE * i));
        }
    }

    void setLongLittleEndian(int place, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[place + i] = (byte) (value >> (Byte.SIZE * i));
        }
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            long wanted = Math.max(2L * bytes.length, (long) length + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - Long.BYTES));
        }
    }

    /** A copy, for tests and messages. */
    byte[] toArray(int from) {
        return Arrays.copyOfRange(bytes, from, length);
    }
}
