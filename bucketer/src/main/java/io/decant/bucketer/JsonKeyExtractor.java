package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * The value at a JSON pointer.
 *
 * <p>Of a string the key is its text in UTF-8, of a number or boolean its literal as it stands (so 1 and 1.0 differ),
 * of an object or array its JSON text as it stands. There is no key where the value is null or absent, or where the
 * record is not exactly one JSON value in UTF-8 with nothing but white space around it. Of members with the same name
 * the last counts, as in most parsers, and so probably for the receiver of the bucket. The string "1" and the number 1
 * are one key.
 *
 * <p>The whole record is checked, in one pass, by a {@link JsonScanner}: that takes a bit of memory for each array and
 * object that is open at a time ({@link JsonLevels}). A string without escapes is hashed where it stands.
 */
final class JsonKeyExtractor extends KeyExtractor {

    private static final int ENCODING_BYTES = 4;
    private static final int HIGHEST_UTF8_BYTE = 0xF4;
    private static final int BYTE_ORDER_MARK = 0xBFBBEF;
    private static final int BYTE_ORDER_MARK_BYTES = 3;

    private final JsonPath path;
    private final JsonScanner scanner = new JsonScanner();
    private final JsonStringText text = new JsonStringText();
    private boolean present;
    private boolean plain;
    private boolean json;
    private KeyForm form = KeyForm.TEXT;

    JsonKeyExtractor(JsonPath path) {
        this.path = path;
    }

    @Override
    public boolean find(long address, int length) {
        json = false;
        if (!mayBeUtf8(address, length)) {
            return false;
        }
        long end = address + length;
        scanner.begin(end);
        present = false;
        long from = startsWithMark(address, length) ? address + BYTE_ORDER_MARK_BYTES : address;
        long begin = scanner.space(from);
        long at = value(begin, 0);
        if (at == end) {
            json = begin == address && scanner.isStrict();
            return present;
        }
        return at != JsonScanner.MALFORMED && scanner.space(at) == end && present;
    }

    @Override
    boolean hasReadJson() {
        return json;
    }

    @Override
    KeyForm form() {
        return form;
    }

    @Override
    long hash(LongHashFunction function) {
        return plain ? super.hash(function) : text.hash(function, keyAddress(), keyLength());
    }

    @Override
    public byte[] firstBytes(int bytesMax) {
        return plain ? super.firstBytes(bytesMax) : text.firstBytes(keyAddress(), keyLength(), bytesMax);
    }

    @Override
    boolean isPlain() {
        return plain;
    }

    @Override
    int copyTo(long destination) {
        return plain ? super.copyTo(destination) : text.copyTo(keyAddress(), keyLength(), destination);
    }

    /** UTF-16 and UTF-32, by their zeros and byte order marks: neither can begin JSON in UTF-8. */
    private static boolean mayBeUtf8(long address, int length) {
        for (int i = 0; i < Math.min(length, ENCODING_BYTES); i++) {
            int c = Memory.getByte(address + i) & 0xFF;
            if (c == 0 || c > HIGHEST_UTF8_BYTE) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithMark(long address, int length) {
        return length >= ENCODING_BYTES && (Memory.getIntLittleEndian(address) & 0xFFFFFF) == BYTE_ORDER_MARK;
    }

    /** Behind the value at {@code at}; takes what the rest of the path, from {@code depth} on, leads to in it. */
    private long value(long at, int depth) {
        if (depth == path.length()) {
            return take(at);
        }
        return switch (scanner.peek(at)) {
            case '{' -> object(at, depth);
            case '[' -> array(at, depth);
            default -> scanner.value(at);
        };
    }

    private long object(long from, int depth) {
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == '}') {
            return at + 1;
        }
        while (at != JsonScanner.MALFORMED) {
            at = scanner.name(at, path.name(depth));
            boolean named = scanner.isNamed();
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ':');
            if (at == JsonScanner.MALFORMED) {
                break;
            }
            if (named) {
                present = false;
                at = value(at, depth + 1);
            } else {
                at = scanner.value(at);
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.space(at);
            if (at != JsonScanner.MALFORMED && scanner.peek(at) == '}') {
                return at + 1;
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ',');
        }
        return at;
    }

    private long array(long from, int depth) {
        long at = scanner.space(from + 1);
        if (scanner.peek(at) == ']') {
            return at + 1;
        }
        for (int i = 0; at != JsonScanner.MALFORMED; i++) {
            at = i == path.index(depth) ? value(at, depth + 1) : scanner.value(at);
            at = at == JsonScanner.MALFORMED ? at : scanner.space(at);
            if (at != JsonScanner.MALFORMED && scanner.peek(at) == ']') {
                return at + 1;
            }
            at = at == JsonScanner.MALFORMED ? at : scanner.separator(at, ',');
        }
        return at;
    }

    private static KeyForm formOf(int first) {
        return switch (first) {
            case '{', '[', 't', 'f' -> KeyForm.VERBATIM;
            default -> KeyForm.TEXT;
        };
    }

    private long take(long at) {
        int first = scanner.peek(at);
        long end = scanner.value(at);
        boolean string = first == '"';
        if (end == JsonScanner.MALFORMED || (string && scanner.hasSurrogates())) {
            return JsonScanner.MALFORMED;
        }
        present = first != 'n';
        plain = !string || scanner.isPlain();
        form = plain ? formOf(first) : KeyForm.JSON_STRING;
        found(string ? at + 1 : at, string ? end - at - 2 : end - at);
        return end;
    }
}
