package io.decant.bucketer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes bytes of UTF-8 as a JSON string. Stateless. */
final class JsonQuotes {

    private static final String HEX = "0123456789abcdef";
    /** Of a control character. */
    private static final long ESCAPE_BYTES = 6;

    private JsonQuotes() {}

    static void write(byte[] text, ByteArrayOutputStream to) {
        to.write('"');
        for (byte c : text) {
            if (c == '"' || c == '\\') {
                to.write('\\');
                to.write(c);
            } else if (c >= 0 && c < ' ') {
                to.writeBytes("\\u00".getBytes(StandardCharsets.US_ASCII));
                to.write(HEX.charAt(c >> 4));
                to.write(HEX.charAt(c & 0xF));
            } else {
                to.write(c);
            }
        }
        to.write('"');
    }

    /** Most bytes that {@code length} bytes become. */
    static long bytesMax(long length) {
        return 2 + ESCAPE_BYTES * length;
    }

    /** Writes the {@code length} bytes at {@code text}, from memory to memory; returns the address behind them. */
    static long write(long text, int length, long to) {
        long at = to;
        Memory.putByte(at++, (byte) '"');
        for (int i = 0; i < length; i++) {
            byte c = Memory.getByte(text + i);
            if (c == '"' || c == '\\') {
                Memory.putByte(at++, (byte) '\\');
                Memory.putByte(at++, c);
            } else if (c >= 0 && c < ' ') {
                Memory.putByte(at++, (byte) '\\');
                Memory.putByte(at++, (byte) 'u');
                Memory.putByte(at++, (byte) '0');
                Memory.putByte(at++, (byte) '0');
                Memory.putByte(at++, (byte) HEX.charAt(c >> 4));
                Memory.putByte(at++, (byte) HEX.charAt(c & 0xF));
            } else {
                Memory.putByte(at++, c);
            }
        }
        Memory.putByte(at++, (byte) '"');
        return at;
    }
}
