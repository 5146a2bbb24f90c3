package io.decant.bucketer;

/**
 * The canonical text of a JSON number, so that numbers of the same value have the same text, whatever their length:
 * sign, digits without zeros at either end, and {@code e} with an exponent where it is not 0. Where the number is whole
 * and has at most {@value #PLAIN_DIGITS_MAX} digits it is written out, as most are. {@code 1.50e3} is {@code 1500},
 * {@code -0.0} is {@code 0}, {@code 1e100} is itself.
 *
 * <p>Made while it is read, in memory that does not depend on the number's length: an exponent too long for arithmetic
 * has what the point's place adds to it added digit by digit. The characters of the number may be JSON escapes. Owned
 * by one thread.
 */
final class NumberText extends EscapedText {

    /** Whole numbers of so many digits are written without an exponent. */
    static final int PLAIN_DIGITS_MAX = 40;

    private static final int NONE = -1;
    private static final int OTHER = -2;
    private static final int ESCAPE_BYTES = 6;
    private static final int HEX = 16;
    /** Digits of an exponent that are computed with; a place of the point, at most 2^31, is added without overflow. */
    private static final int LOW_DIGITS = 17;

    private static final long LOW_LIMIT = 100_000_000_000_000_000L;

    private enum Phase {
        SIGN,
        DIGITS,
        ZEROS,
        HIGH_EXPONENT,
        EXPONENT,
        DONE
    }

    private long limit;
    private boolean escapes;
    private int width;

    private boolean negative;
    private long firstDigit;
    private long digits;
    private long shift;
    private boolean exponentNegative;
    private long exponentFrom;
    private long exponentDigits;
    /** Where the exponent has at most {@link #LOW_DIGITS} digits, all of it and {@link #shift}; else its low part. */
    private long exponent;
    /** What the low part carries into the digits before it: -1, 0 or 1. */
    private int carry;
    /** The digits before the low part up to the last one that the carry changes by one; those behind it wrap. */
    private long carryTo;

    private Phase phase = Phase.DONE;
    private long at;
    private long left;

    /** Reads a text; false if it is not a JSON number; otherwise the text is that of the number. */
    boolean read(long from, long to, boolean withEscapes, boolean spacesBehind) {
        limit = to;
        escapes = withEscapes;
        long end = mantissa(from);
        if (end == NONE) {
            return false;
        }
        end = exponent(end);
        while (end != NONE && spacesBehind && peek(end) == ' ') {
            end += width;
        }
        if (end != to) {
            return false;
        }
        addShift();
        return true;
    }

    private long mantissa(long from) {
        long next = from;
        negative = peek(next) == '-';
        next += negative ? width : 0;
        firstDigit = NONE;
        digits = 0;
        shift = 0;
        long place = 0;
        long firstPlace = 0;
        long lastPlace = 0;
        boolean zeroFirst = peek(next) == '0';
        for (int c = peek(next); isDigit(c); c = peek(next)) {
            place++;
            if (zeroFirst && place > 1) {
                return NONE;
            }
            if (c != '0') {
                firstPlace = firstDigit == NONE ? place : firstPlace;
                firstDigit = firstDigit == NONE ? next : firstDigit;
                lastPlace = place;
            }
            next += width;
        }
        if (place == 0) {
            return NONE;
        }
        long whole = place;
        if (peek(next) == '.') {
            next += width;
            for (int c = peek(next); isDigit(c); c = peek(next)) {
                place++;
                if (c != '0') {
                    firstPlace = firstDigit == NONE ? place : firstPlace;
                    firstDigit = firstDigit == NONE ? next : firstDigit;
                    lastPlace = place;
                }
                next += width;
            }
            if (place == whole) {
                return NONE;
            }
        }
        digits = firstDigit == NONE ? 0 : lastPlace - firstPlace + 1;
        shift = whole - lastPlace;
        return next;
    }

    private long exponent(long from) {
        long next = from;
        exponentNegative = false;
        exponentDigits = 0;
        if ((peek(next) | 0x20) != 'e' || peek(next) < 0) {
            return next;
        }
        next += width;
        int sign = peek(next);
        exponentNegative = sign == '-';
        next += sign == '-' || sign == '+' ? width : 0;
        boolean any = false;
        for (int c = peek(next); isDigit(c); c = peek(next)) {
            any = true;
            if (exponentDigits > 0 || c != '0') {
                exponentFrom = exponentDigits == 0 ? next : exponentFrom;
                exponentDigits++;
            }
            next += width;
        }
        return any ? next : NONE;
    }

    /** The digits stand for a whole number; what they are multiplied by is the exponent and the shift together. */
    private void addShift() {
        carry = 0;
        long value = 0;
        long high = Math.max(0, exponentDigits - LOW_DIGITS);
        long lastBelowNine = NONE;
        long lastAboveZero = NONE;
        long next = exponentFrom;
        for (long digit = 0; digit < exponentDigits; digit++) {
            int c = peek(next);
            if (digit >= high) {
                value = value * 10 + c - '0';
            } else {
                lastBelowNine = c == '9' ? lastBelowNine : digit;
                lastAboveZero = c == '0' ? lastAboveZero : digit;
            }
            next += width;
        }
        if (high == 0) {
            exponent = (exponentNegative ? -value : value) + shift;
            return;
        }
        exponent = value + (exponentNegative ? -shift : shift);
        if (exponent >= LOW_LIMIT) {
            exponent -= LOW_LIMIT;
            carry = 1;
            carryTo = lastBelowNine;
        } else if (exponent < 0) {
            exponent += LOW_LIMIT;
            carry = -1;
            carryTo = lastAboveZero;
        }
    }

    private boolean isHigh() {
        return exponentDigits > LOW_DIGITS;
    }

    @Override
    void rewind() {
        phase = Phase.SIGN;
    }

    @Override
    long decode(long from, long to) {
        while (phase != Phase.DONE && hasRoom()) {
            step();
        }
        return phase == Phase.DONE ? to : from;
    }

    private void step() {
        switch (phase) {
            case SIGN -> sign();
            case DIGITS -> digit();
            case ZEROS -> zero();
            case HIGH_EXPONENT -> highDigit();
            case EXPONENT -> lowDigits();
            case DONE -> throw new IllegalStateException();
        }
    }

    private void sign() {
        if (digits == 0) {
            put('0');
            phase = Phase.DONE;
            return;
        }
        if (negative) {
            put('-');
        }
        at = firstDigit;
        left = digits;
        phase = Phase.DIGITS;
    }

    private void digit() {
        int c = peek(at);
        at += width;
        if (c != '.') {
            put(c);
            left--;
        }
        if (left > 0) {
            return;
        }
        if (!isHigh() && exponent >= 0 && exponent + digits <= PLAIN_DIGITS_MAX) {
            left = exponent;
            phase = Phase.ZEROS;
        } else if (!isHigh()) {
            phase = exponent == 0 ? Phase.DONE : Phase.EXPONENT;
            left = LOW_DIGITS + 2;
        } else {
            beginHigh();
        }
    }

    private void zero() {
        if (left == 0) {
            phase = Phase.DONE;
            return;
        }
        put('0');
        left--;
    }

    private void beginHigh() {
        put('e');
        if (exponentNegative) {
            put('-');
        }
        if (carry > 0 && carryTo == NONE) {
            put('1');
        }
        at = exponentFrom;
        left = 0;
        phase = Phase.HIGH_EXPONENT;
    }

    private void highDigit() {
        int c = peek(at);
        at += width;
        if (carry != 0 && left >= carryTo) {
            c = left > carryTo ? (carry > 0 ? '0' : '9') : c + carry;
        }
        if (left > 0 || c != '0' || (carry > 0 && carryTo == NONE)) {
            put(c);
        }
        left++;
        if (left == exponentDigits - LOW_DIGITS) {
            left = LOW_DIGITS;
            phase = Phase.EXPONENT;
        }
    }

    /** By and by, since the window may have no room for all. */
    private void lowDigits() {
        if (!isHigh() && left == LOW_DIGITS + 2) {
            put('e');
            if (exponent < 0) {
                put('-');
            }
            left = decimals(Math.abs(exponent));
            return;
        }
        long power = 1;
        for (long i = 1; i < left; i++) {
            power *= 10;
        }
        put('0' + (int) (Math.abs(exponent) / power % 10));
        left--;
        if (left == 0) {
            phase = Phase.DONE;
        }
    }

    private static int decimals(long value) {
        int decimals = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            decimals++;
        }
        return decimals;
    }

    /** The character at an address, whose bytes are then {@link #width}; below 0 where there is none of ASCII. */
    private int peek(long address) {
        width = 1;
        if (address >= limit) {
            return NONE;
        }
        int c = Memory.getByte(address) & 0xFF;
        if (c != '\\' || !escapes) {
            return c;
        }
        if (limit - address < ESCAPE_BYTES || Memory.getByte(address + 1) != 'u') {
            return OTHER;
        }
        width = ESCAPE_BYTES;
        int value = 0;
        for (int i = 2; i < ESCAPE_BYTES; i++) {
            value = value * HEX + Character.digit(Memory.getByte(address + i), HEX);
        }
        return value;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
