package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An expression of RE2 that is a text of ASCII, or several with bars between them: {@code ERROR|WARN}. Whether one of
 * them stands in a value is asked of its bytes, eight at a time, and the engine is not. A byte of ASCII is a character
 * of its own wherever it stands, also where the value is not well-formed UTF-8. Immutable.
 */
final class Literals {

    private static final String SPECIAL = ".[]{}()*+?^$";
    private static final String NOT_CAPTURED = "?:";
    private static final int ASCII = 128;
    /** With more first characters, a table of them is faster. */
    private static final int FIRST_BYTES_MAX = 4;

    private static final long BYTES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private final byte[][] texts;
    private final boolean always;
    private final boolean[] isFirst = new boolean[1 << Byte.SIZE];
    /** The first characters in all bytes of a word each; null: too many. */
    private final long[] firsts;

    private Literals(List<String> texts) {
        this.texts = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        this.always = texts.contains("");
        long[] different = texts.stream()
                .filter(text -> !text.isEmpty())
                .mapToLong(text -> BYTES * text.charAt(0))
                .distinct()
                .toArray();
        this.firsts = different.length > FIRST_BYTES_MAX ? null : different;
        texts.stream().filter(text -> !text.isEmpty()).forEach(text -> isFirst[text.charAt(0)] = true);
    }

    /** Reads an expression that RE2 accepts, in parentheses or without; empty where there is more to it. */
    static Optional<Literals> of(String expression) {
        if (expression.startsWith("(") && expression.endsWith(")")) {
            String inner = expression.substring(1, expression.length() - 1);
            return ofTexts(inner.startsWith(NOT_CAPTURED) ? inner.substring(NOT_CAPTURED.length()) : inner);
        }
        return ofTexts(expression);
    }

    private static Optional<Literals> ofTexts(String expression) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < expression.length(); at++) {
            char c = expression.charAt(at);
            if (c == '|') {
                texts.add(text.toString());
                text.setLength(0);
                continue;
            }
            if (c == '\\') {
                at++;
                c = at < expression.length() ? expression.charAt(at) : ASCII;
                if (Character.isLetterOrDigit(c)) {
                    return Optional.empty();
                }
            } else if (SPECIAL.indexOf(c) >= 0) {
                return Optional.empty();
            }
            if (c >= ASCII) {
                return Optional.empty();
            }
            text.append(c);
        }
        texts.add(text.toString());
        return Optional.of(new Literals(texts));
    }

    /** Whether one of them stands in the bytes from {@code from} to {@code end}. */
    boolean find(long from, long end) {
        if (always) {
            return true;
        }
        long at = from;
        if (firsts != null) {
            for (; end - at >= Long.BYTES; at += Long.BYTES) {
                // May mark a byte that is none of them behind one that is, and misses none.
                long marks = marks(Memory.getLongLittleEndian(at));
                for (; marks != 0; marks &= marks - 1) {
                    if (isAt(at + Long.numberOfTrailingZeros(marks) / Byte.SIZE, end)) {
                        return true;
                    }
                }
            }
        }
        for (; at < end; at++) {
            if (isFirst[Memory.getByte(at) & 0xFF] && isAt(at, end)) {
                return true;
            }
        }
        return false;
    }

    private long marks(long word) {
        long marks = 0;
        for (long first : firsts) {
            long zeroed = word ^ first;
            marks |= (zeroed - BYTES) & ~zeroed & TOPS;
        }
        return marks;
    }

    private boolean isAt(long at, long end) {
        for (byte[] text : texts) {
            if (text.length <= end - at && isAt(text, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] text, long at) {
        for (int i = 0; i < text.length; i++) {
            if (Memory.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }
}
