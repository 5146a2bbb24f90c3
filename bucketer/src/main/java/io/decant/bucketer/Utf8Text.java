package io.decant.bucketer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A record as characters, and the way back from a character to its byte.
 *
 * <p>The record is decoded as UTF-8, so that {@code .}, {@code \w} under {@code (?U)} and {@code \p} mean what they say. A
 * byte b that is no part of well-formed UTF-8 becomes the lone surrogate U+DC00 + b (as in Python's PEP 383), which UTF-8
 * cannot hold otherwise: nothing is lost, and no two records look the same.
 *
 * <p>Reading is metered: {@link #charAt} fails when the allowance is used up, which ends a match that would take forever
 * at the same character on every machine, where a clock would not. Owned by one thread.
 */
final class Utf8Text implements CharSequence {

    /** Thrown from within a match when too many characters were read. */
    static final class AllowanceExceededException extends RuntimeException {
        private AllowanceExceededException() {
            super("too many characters read", null, false, false);
        }
    }

    private static final int ASCII_MAX = 0x7F;
    private static final int TWO_BYTES_MAX = 0x7FF;
    private static final int SUPPLEMENTARY_BYTES = 4;
    private static final char STRAY_BASE = '\uDC00';

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private byte[] bytes = new byte[0];
    private CharBuffer decoded = CharBuffer.allocate(0);
    private boolean ascii;
    private int length;
    private long allowance;

    /** Makes this the text of {@code length} bytes, of which {@code allowance} characters may be read. */
    void set(byte[] record, int recordLength, long charsAllowed) {
        bytes = record;
        allowance = charsAllowed;
        ascii = isAscii(record, recordLength);
        length = ascii ? recordLength : decode(recordLength);
    }

    private static boolean isAscii(byte[] record, int length) {
        int all = 0;
        for (int i = 0; i < length; i++) {
            all |= record[i];
        }
        return all >= 0;
    }

    private int decode(int recordLength) {
        if (decoded.capacity() < recordLength) {
            decoded = CharBuffer.allocate(recordLength);
        }
        decoded.clear();
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, recordLength);
        decoder.reset();
        for (CoderResult result = decoder.decode(in, decoded, true);
                result.isError();
                result = decoder.decode(in, decoded, true)) {
            for (int i = 0; i < result.length(); i++) {
                decoded.put((char) (STRAY_BASE + Byte.toUnsignedInt(in.get())));
            }
        }
        return decoded.position();
    }

    /** The offset in the record of the byte at which a character begins; {@code index} may be the text's length. */
    int byteOffset(int index) {
        if (ascii) {
            return index;
        }
        int offset = 0;
        for (int i = 0; i < index; i++) {
            char c = decoded.get(i);
            if (Character.isHighSurrogate(c)) {
                offset += SUPPLEMENTARY_BYTES;
                i++;
            } else if (c <= ASCII_MAX || Character.isLowSurrogate(c)) {
                offset += 1;
            } else {
                offset += c <= TWO_BYTES_MAX ? 2 : 3;
            }
        }
        return offset;
    }

    @Override
    public char charAt(int index) {
        if (--allowance < 0) {
            throw new AllowanceExceededException();
        }
        return ascii ? (char) bytes[index] : decoded.get(index);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ascii ? (char) bytes[i] : decoded.get(i));
        }
        return text.toString();
    }
}
