package io.decant.bucketer;

/**
 * The text of a JSON string that has escapes or unusual UTF-8, as UTF-8. It must have been read by a
 * {@link JsonScanner} before.
 *
 * <p>A surrogate that stands alone has no UTF-8, and becomes a question mark, as in {@link String#getBytes}. Owned by
 * one thread.
 */
public final class JsonStringText extends EscapedText {

    private static final int ASCII_MAX = 0x7F;
    private static final int TWO_BYTES_MAX = 0x7FF;
    private static final char NONE = 0;

    private final JsonScanner scanner = new JsonScanner();
    /** A surrogate that waits for its other half. */
    private char high;

    @Override
    void rewind() {
        high = NONE;
    }

    @Override
    long decode(long from, long limit) {
        scanner.begin(limit);
        long at = from;
        while (at < limit && hasRoom()) {
            int c = scanner.peek(at);
            if (c == '\\') {
                at = scanner.escape(at);
                putChar((char) scanner.decoded());
            } else if (c > ASCII_MAX) {
                at = scanner.character(at, c);
                putCharacter(scanner.decoded());
            } else {
                at++;
                putChar((char) c);
            }
        }
        if (at == limit) {
            endHigh();
        }
        return at;
    }

    private void putCharacter(int character) {
        if (!scanner.isPair()) {
            putChar((char) character);
        } else {
            int above = character - Character.MIN_SUPPLEMENTARY_CODE_POINT;
            putChar((char) (Character.MIN_HIGH_SURROGATE | (above >> 10)));
            putChar(JsonScanner.lowSurrogate(above));
        }
    }

    private void putChar(char c) {
        if (high != NONE && Character.isLowSurrogate(c)) {
            putSupplementary(Character.toCodePoint(high, c));
            high = NONE;
            return;
        }
        endHigh();
        if (Character.isHighSurrogate(c)) {
            high = c;
        } else if (Character.isLowSurrogate(c)) {
            put('?');
        } else if (c <= ASCII_MAX) {
            put(c);
        } else if (c <= TWO_BYTES_MAX) {
            put(0xC0 | (c >> 6));
            putContinuation(c);
        } else {
            put(0xE0 | (c >> 12));
            putContinuation(c >> 6);
            putContinuation(c);
        }
    }

    private void putSupplementary(int character) {
        put(0xF0 | (character >> 18));
        putContinuation(character >> 12);
        putContinuation(character >> 6);
        putContinuation(character);
    }

    private void putContinuation(int bits) {
        put(0x80 | (bits & 0x3F));
    }

    private void endHigh() {
        if (high != NONE) {
            high = NONE;
            put('?');
        }
    }
}
