package io.decant.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An input that is several things: numbers at its front, a byte each, and texts, which end at a zero byte. Where it is
 * over, numbers are 0 and texts are empty. Owned by one thread.
 */
public final class FuzzBytes {

    private final byte[] input;
    private int at;

    public FuzzBytes(byte[] input) {
        this.input = input;
    }

    /** A number from 0 to {@code bound - 1}; the characters 0 to 9 and A to Z stand for 0 to 35. */
    public int number(int bound) {
        int next = at < input.length ? Byte.toUnsignedInt(input[at++]) : '0';
        int number = next >= '0' && next <= '9' ? next - '0' : next >= 'A' && next <= 'Z' ? next - 'A' + 10 : next;
        return number % bound;
    }

    /** One of these, by its number. */
    public <T> T one(T[] choices) {
        return choices[number(choices.length)];
    }

    public boolean isEmpty() {
        return at >= input.length;
    }

    /** Up to the next zero byte, which is passed over. */
    public byte[] part() {
        int end = at;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        byte[] part = Arrays.copyOfRange(input, Math.min(at, input.length), end);
        at = end + 1;
        return part;
    }

    /** {@link #part()} as UTF-8; what is none becomes U+FFFD. */
    public String text() {
        return new String(part(), StandardCharsets.UTF_8);
    }

    /** At most so many bytes. */
    public byte[] bytes(int length) {
        int from = Math.min(at, input.length);
        int to = Math.min(input.length, from + length);
        at = to;
        return Arrays.copyOfRange(input, from, to);
    }

    /** All that is left. */
    public byte[] rest() {
        return bytes(input.length);
    }
}
