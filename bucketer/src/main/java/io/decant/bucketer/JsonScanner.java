package io.decant.bucketer;

/**
 * Reads over JSON text (RFC 8259) in memory, and checks it: what is not well-formed is told from what is. Makes no
 * objects and keeps nothing of what it reads but one bit for each open array or object, see {@link JsonLevels}.
 *
 * <p>Every method that reads takes the address where it begins and returns the address behind what it read, or
 * {@link #MALFORMED}.
 *
 * <p>The rules are those of Jackson, which 0.1.0 used, where RFC 8259 leaves them open: the same records must
 * always have the same keys. Strings may hold overlong UTF-8 and characters above U+10FFFF; the bytes that continue a
 * character are checked. A name holds no surrogates in three bytes and no lone surrogate as an escape, a value may.
 * (One thing has no reference: Jackson may take a name that holds the byte FF for another name from an earlier record.
 * Here it is malformed.) Owned by one thread.
 */
public final class JsonScanner {

    /** What is returned in place of an address. No text begins or ends there. */
    public static final long MALFORMED = -1;

    private static final int NONE = -1;
    private static final String NO_NAME = "";
    private static final int LEVELS_MAX = Long.SIZE;
    private static final long BYTES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long SPACES = BYTES * ' ';
    private static final long QUOTES = BYTES * '"';
    private static final long BACKSLASHES = BYTES * '\\';
    private static final int SPACE = ' ';
    private static final int ASCII_MAX = 0x7F;
    private static final int HEX_DIGITS = 4;
    private static final int MORE_BYTES_MAX = 3;
    private static final int LEAD_MIN = 0xC0;
    private static final int LEAD_MAX = 0xF7;

    private final JsonLevels levels = new JsonLevels();
    private long end;
    private boolean plain;
    private boolean named;
    private int decoded;
    private boolean pair;
    private boolean surrogate;
    private boolean surrogates;
    private boolean strict;

    /** From here on reads up to {@code limit}. */
    public void begin(long limit) {
        end = limit;
        strict = true;
        levels.trim();
    }

    /** The byte at {@code at}; -1 at the end. */
    public int peek(long at) {
        return at < end ? Memory.getByte(at) & 0xFF : NONE;
    }

    /** Behind white space, of which there may be none. */
    public long space(long from) {
        long at = from;
        while (at < end && isSpace(Memory.getByte(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Behind a comma, or a colon, with white space around it. */
    public long separator(long from, int separator) {
        long at = space(from);
        return peek(at) == separator ? space(at + 1) : MALFORMED;
    }

    /** Behind any value. */
    public long value(long from) {
        int first = peek(from);
        return switch (first) {
            case '"' -> string(from);
            case '{', '[' -> container(from);
            default -> scalar(from, first);
        };
    }

    /**
     * Behind an array or object. Which of the first {@value #LEVELS_MAX} open ones are objects is in one word, the
     * innermost lowest.
     */
    private long container(long from) {
        long limit = end;
        long objects = 0;
        int depth = 0;
        long at = from;
        int c = Memory.getByte(at);
        while (true) {
            if (c == '"') {
                at = text(at, limit);
            } else if (c != '{' && c != '[') {
                at = scalar(at, c);
            } else if (depth == LEVELS_MAX) {
                at = deepContainer(at);
            } else {
                boolean object = c == '{';
                at = solid(at + 1, limit);
                if (peek(at) != closing(object)) {
                    objects = objects << 1 | (object ? 1 : 0);
                    depth++;
                    at = object ? member(at, limit) : at;
                    if (at >= limit || at == MALFORMED) {
                        return MALFORMED;
                    }
                    c = Memory.getByte(at);
                    continue;
                }
                at++;
            }
            if (at == MALFORMED) {
                return MALFORMED;
            }
            // A value has ended: so may the arrays and objects around it.
            while (true) {
                if (depth == 0) {
                    return at;
                }
                at = solid(at, limit);
                if (at >= limit) {
                    return MALFORMED;
                }
                c = Memory.getByte(at++);
                if (c == ',') {
                    break;
                }
                if (c != closing((objects & 1) != 0)) {
                    return MALFORMED;
                }
                depth--;
                objects >>>= 1;
            }
            at = solid(at, limit);
            at = (objects & 1) != 0 ? member(at, limit) : at;
            if (at >= limit || at == MALFORMED) {
                return MALFORMED;
            }
            c = Memory.getByte(at);
        }
    }

    /** Behind white space, of which there is seldom any. */
    private long solid(long from, long limit) {
        return from < limit && Memory.getByte(from) <= SPACE ? space(from) : from;
    }

    /** {@link #string}, most of which end within a word or two. */
    private long text(long from, long limit) {
        long at = from + 1;
        for (; limit - at >= Long.BYTES; at += Long.BYTES) {
            long word = Memory.getLongLittleEndian(at);
            long quotes = zeros(word ^ QUOTES) & TOPS;
            // Marks below the lowest one of a quote are exact.
            long others = (word | (word - SPACES) | zeros(word ^ BACKSLASHES)) & TOPS;
            if ((others & (quotes ^ (quotes - 1))) != 0) {
                return unusualString(at);
            }
            if (quotes != 0) {
                return at + Lines.firstByte(quotes) + 1;
            }
        }
        return unusualString(at);
    }

    /** The same however deep it is. */
    private long deepContainer(long from) {
        int depth = 0;
        long at = from;
        while (true) {
            int c = peek(at);
            if (c == '{' || c == '[') {
                levels.set(depth, c == '{');
                at = space(at + 1);
                if (peek(at) != closing(c == '{')) {
                    depth++;
                    at = c == '{' ? member(at) : at;
                    if (at == MALFORMED) {
                        return MALFORMED;
                    }
                    continue;
                }
                at++;
            } else {
                at = c == '"' ? string(at) : scalar(at, c);
                if (at == MALFORMED) {
                    return MALFORMED;
                }
            }
            while (depth > 0) {
                at = space(at);
                boolean object = levels.get(depth - 1);
                if (peek(at) != closing(object)) {
                    break;
                }
                depth--;
                at++;
            }
            if (depth == 0) {
                return at;
            }
            at = separator(at, ',');
            if (at != MALFORMED && levels.get(depth - 1)) {
                at = member(at);
            }
            if (at == MALFORMED) {
                return MALFORMED;
            }
        }
    }

    private static int closing(boolean object) {
        return object ? '}' : ']';
    }

    /** Behind a name, its colon, and white space. */
    private long member(long from) {
        return member(from, end);
    }

    private long member(long from, long limit) {
        if (peek(from) != '"') {
            return MALFORMED;
        }
        long at = ordinary(from + 1);
        at = peek(at) == '"' ? at + 1 : anyName(from, NO_NAME);
        if (at == MALFORMED) {
            return MALFORMED;
        }
        boolean plainColon = at < limit - 1 && Memory.getByte(at) == ':' && Memory.getByte(at + 1) > SPACE;
        return plainColon ? at + 1 : separator(at, ':');
    }

    /** Behind a value that is no string, array or object, and begins with {@code c}. */
    private long scalar(long from, int c) {
        return switch (c) {
            case 't' -> literal(from, "true");
            case 'f' -> literal(from, "false");
            case 'n' -> literal(from, "null");
            default -> number(from, c);
        };
    }

    private long literal(long from, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (peek(from + i) != text.charAt(i)) {
                return MALFORMED;
            }
        }
        return from + text.length();
    }

    private long number(long from, int first) {
        long at = first == '-' ? from + 1 : from;
        if (peek(at) == '0') {
            at++;
            if (isDigit(peek(at))) {
                return MALFORMED;
            }
        } else {
            at = digits(at);
        }
        if (at != MALFORMED && peek(at) == '.') {
            at = digits(at + 1);
        }
        if (at != MALFORMED && (peek(at) | 0x20) == 'e') {
            int sign = peek(at + 1);
            at = digits(sign == '+' || sign == '-' ? at + 2 : at + 1);
        }
        return at;
    }

    private long digits(long from) {
        long at = from;
        while (isDigit(peek(at))) {
            at++;
        }
        return at == from ? MALFORMED : at;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Behind a string value that begins at {@code from} with its quote. */
    public long string(long from) {
        plain = true;
        surrogates = false;
        long at = ordinary(from + 1);
        return peek(at) == '"' ? at + 1 : unusualString(at);
    }

    /** Behind a string with something in it that is not ASCII that means itself, which is at {@code from}. */
    private long unusualString(long from) {
        long at = from;
        while (true) {
            at = ordinary(at);
            int c = peek(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\') {
                plain = false;
                at = escape(at);
            } else if (c > ASCII_MAX) {
                at = character(at, c);
                surrogates |= surrogate;
            } else {
                return MALFORMED;
            }
            if (at == MALFORMED) {
                return MALFORMED;
            }
        }
    }

    /**
     * Whether the string that was read last has surrogates in three bytes. Such a string may be read over, but is no
     * key.
     */
    public boolean hasSurrogates() {
        return surrogates;
    }

    /**
     * Whether the string that was read last stands in the record as it is: no escapes, and its UTF-8 the only one for
     * its text.
     */
    public boolean isPlain() {
        return plain;
    }

    /**
     * Whether all that was read since {@link #begin} is UTF-8 as it is defined: nothing overlong, no surrogates,
     * nothing above U+10FFFF.
     */
    boolean isStrict() {
        return strict;
    }

    /** Over ASCII that means itself, eight bytes at a time. */
    private long ordinary(long from) {
        long at = from;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            long word = Memory.getLongLittleEndian(at);
            // The lowest mark is exact; those above may not be.
            long marks = (word | (word - SPACES) | zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES)) & TOPS;
            if (marks != 0) {
                return at + Lines.firstByte(marks);
            }
        }
        while (at < end && isOrdinary(Memory.getByte(at))) {
            at++;
        }
        return at;
    }

    private static long zeros(long word) {
        return (word - BYTES) & ~word;
    }

    private static boolean isOrdinary(byte c) {
        return c >= SPACE && c != '"' && c != '\\';
    }

    /** Behind an escape; what it stands for is then {@link #decoded}. */
    long escape(long from) {
        pair = false;
        surrogate = false;
        int c = peek(from + 1);
        switch (c) {
            case 'b' -> decoded = '\b';
            case 't' -> decoded = '\t';
            case 'n' -> decoded = '\n';
            case 'f' -> decoded = '\f';
            case 'r' -> decoded = '\r';
            case '"', '/', '\\' -> decoded = c;
            case 'u' -> {
                return hexadecimal(from + 2);
            }
            default -> {
                return MALFORMED;
            }
        }
        return from + 2;
    }

    private long hexadecimal(long from) {
        int value = 0;
        for (int i = 0; i < HEX_DIGITS; i++) {
            int c = peek(from + i);
            int digit = c > ASCII_MAX ? NONE : Character.digit(c, 16);
            if (digit < 0) {
                return MALFORMED;
            }
            value = (value << 4) | digit;
        }
        decoded = value;
        return from + HEX_DIGITS;
    }

    /** Behind a character of several bytes, of which {@code lead} is the first; its number is then {@link #decoded}. */
    long character(long from, int lead) {
        if (lead < LEAD_MIN || lead > LEAD_MAX) {
            return MALFORMED;
        }
        int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : MORE_BYTES_MAX;
        int value = lead & (0x3F >> more);
        for (int i = 1; i <= more; i++) {
            int c = peek(from + i);
            if ((c & 0xC0) != 0x80) {
                return MALFORMED;
            }
            value = (value << 6) | (c & 0x3F);
        }
        surrogate = more == 2 && value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
        boolean shortest =
                value >= (more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000) && value <= Character.MAX_CODE_POINT;
        plain &= shortest;
        strict &= shortest && !surrogate;
        decoded = value;
        pair = more == MORE_BYTES_MAX;
        return from + 1 + more;
    }

    /** What the escape or character that was read last stands for. */
    int decoded() {
        return decoded;
    }

    /** Whether that was four bytes, which are two UTF-16 code units whatever their number is. */
    boolean isPair() {
        return pair;
    }

    /** Behind a name, quotes included; {@link #isNamed} then tells whether it is {@code wanted}. */
    public long name(long from, String wanted) {
        if (peek(from) != '"') {
            return MALFORMED;
        }
        long at = ordinary(from + 1);
        if (peek(at) != '"') {
            return anyName(from, wanted);
        }
        named = at - from - 1 == wanted.length() && isAt(from + 1, wanted);
        return at + 1;
    }

    /** Whether characters stand there, each of which is a byte. */
    private static boolean isAt(long from, String wanted) {
        for (int i = 0; i < wanted.length(); i++) {
            if (Memory.getByte(from + i) != wanted.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The same for a name that may have escapes and characters of several bytes. */
    private long anyName(long from, String wanted) {
        int same = 0;
        named = true;
        long at = from + 1;
        while (true) {
            int c = peek(at);
            if (c == '"') {
                named &= same == wanted.length();
                return at + 1;
            }
            if (c < SPACE) {
                return MALFORMED;
            }
            if (c == '\\') {
                at = nameEscape(at);
            } else if (c > ASCII_MAX) {
                at = character(at, c);
            } else {
                at++;
                decoded = c;
                pair = false;
                surrogate = false;
            }
            if (at == MALFORMED || surrogate) {
                return MALFORMED;
            }
            if (named) {
                same = continued(wanted, same);
            }
        }
    }

    /** How much of {@code wanted} is there with {@link #decoded} added to the {@code same} characters before. */
    private int continued(String wanted, int same) {
        if (!pair) {
            named = same < wanted.length() && wanted.charAt(same) == decoded;
            return same + 1;
        }
        int above = decoded - Character.MIN_SUPPLEMENTARY_CODE_POINT;
        named = same + 1 < wanted.length()
                && wanted.charAt(same) == (char) (Character.MIN_HIGH_SURROGATE + (above >> 10))
                && wanted.charAt(same + 1) == lowSurrogate(above);
        return same + 2;
    }

    private long nameEscape(long from) {
        long at = escape(from);
        if (at == MALFORMED || !Character.isSurrogate((char) decoded)) {
            return at;
        }
        int high = decoded;
        if (!Character.isHighSurrogate((char) high) || peek(at) != '\\') {
            return MALFORMED;
        }
        at = escape(at);
        if (at == MALFORMED || !Character.isLowSurrogate((char) decoded)) {
            return MALFORMED;
        }
        decoded = Character.toCodePoint((char) high, (char) decoded);
        pair = true;
        return at;
    }

    /** Whether the name that was read last is the one that was asked for. */
    public boolean isNamed() {
        return named;
    }

    /**
     * The last ten bits of a character beyond U+FFFF as a surrogate.
     *
     * @param above how far beyond
     */
    static char lowSurrogate(int above) {
        return (char) (Character.MIN_LOW_SURROGATE | (above & 0x3FF));
    }
}
