package io.decant.offload.console;

import io.decant.bucketer.Memory;
import io.decant.config.PrintableText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A record's first bytes as a person can read them, fit for a line of its own and harmless to a terminal. */
public final class RecordPreview {

    private static final String CUT = "...";
    /** Continuation bytes that may follow the first byte of a character. */
    private static final int UTF8_CONTINUATION_MAX = 3;

    private RecordPreview() {}

    /**
     * At most {@code bytesMax} bytes of the record, as UTF-8, and three dots if there is more. What is no UTF-8 or no
     * character to look at stands as {@code \n}, {@code \r}, {@code \t}, {@code \x1b} or {@code \u2028}; a backslash of
     * the record stands as it is.
     */
    public static String of(long address, int length, int bytesMax) {
        byte[] bytes = new byte[Math.min(length, bytesMax)];
        Memory.copyToArray(address, bytes, 0, bytes.length);
        return text(bytes, bytes.length, length > bytesMax);
    }

    /** The same of bytes on the heap. */
    public static String of(byte[] bytes, int bytesMax) {
        return text(bytes, Math.min(bytes.length, bytesMax), bytes.length > bytesMax);
    }

    private static String text(byte[] bytes, int length, boolean cut) {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, cut ? wholeCharacters(bytes, length) : length);
        CharBuffer out = CharBuffer.allocate(in.remaining());
        StringBuilder text = new StringBuilder(in.remaining() + CUT.length());
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CoderResult result;
        do {
            result = decoder.decode(in, out, true);
            out.flip().codePoints().forEach(c -> append(text, c));
            out.clear();
            for (int i = 0; result.isError() && i < result.length(); i++) {
                text.append(String.format("\\x%02x", in.get()));
            }
        } while (result.isError());
        return cut ? text.append(CUT).toString() : text.toString();
    }

    /** The length without the character that a cut at {@code length} goes through, if there is one. */
    private static int wholeCharacters(byte[] bytes, int length) {
        int last = length - 1;
        while (last > 0 && length - 1 - last < UTF8_CONTINUATION_MAX && (bytes[last] & 0xC0) == 0x80) {
            last--;
        }
        boolean begins = last >= 0 && (bytes[last] & 0xC0) == 0xC0;
        return begins && Integer.numberOfLeadingZeros(~bytes[last] << 24) > length - last ? last : length;
    }

    private static void append(StringBuilder text, int c) {
        switch (c) {
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                if (Character.isISOControl(c)) {
                    text.append(String.format("\\x%02x", c));
                } else {
                    text.append(PrintableText.of(Character.toString(c)));
                }
            }
        }
    }
}
