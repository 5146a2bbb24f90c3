package io.decant.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Inputs made of others by a few changes at random: without an eye on the code, so much of the corpus stays. */
final class Mutants {

    private static final int CHANGES_MAX = 6;
    private static final int LENGTH_MAX = 4096;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final List<byte[]> corpus;
    private final Random random;

    Mutants(List<byte[]> corpus, Random random) {
        this.corpus = corpus;
        this.random = random;
    }

    byte[] next() {
        byte[] input = any();
        for (int changes = 1 + random.nextInt(CHANGES_MAX); changes > 0; changes--) {
            input = change(input);
        }
        return input.length > LENGTH_MAX ? Arrays.copyOf(input, LENGTH_MAX) : input;
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size())).clone();
    }

    private byte[] change(byte[] input) {
        if (input.length == 0) {
            return bytes(1 + random.nextInt(Long.BYTES));
        }
        int at = random.nextInt(input.length);
        int length = Math.min(1 + random.nextInt(1 << random.nextInt(6)), input.length - at);
        switch (random.nextInt(9)) {
            case 0 -> input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 1 -> input[at] = (byte) random.nextInt();
            case 2 -> putNumber(input, at);
            case 3 -> {
                return spliced(input, at, length, new byte[0]);
            }
            case 4 -> {
                return spliced(input, at, 0, bytes(length));
            }
            case 5 -> {
                return spliced(input, random.nextInt(input.length), 0, Arrays.copyOfRange(input, at, at + length));
            }
            case 6 -> {
                byte[] other = any();
                int from = random.nextInt(other.length + 1);
                int to = Math.min(other.length, from + 1 + random.nextInt(64));
                return spliced(input, at, random.nextBoolean() ? length : 0, Arrays.copyOfRange(other, from, to));
            }
            case 7 -> {
                byte[] other = any();
                byte[] end = Arrays.copyOfRange(other, Math.min(at, other.length), other.length);
                return spliced(input, at, input.length - at, end);
            }
            default -> input[at] = input[random.nextInt(input.length)];
        }
        return input;
    }

    /** Little- or big-endian, of 1 to 8 bytes. */
    private void putNumber(byte[] input, int at) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        int bytes = Math.min(1 << random.nextInt(4), input.length - at);
        boolean little = random.nextBoolean();
        for (int i = 0; i < bytes; i++) {
            input[at + (little ? i : bytes - 1 - i)] = (byte) (number >> (i * Byte.SIZE));
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** With something else in the place of {@code length} bytes. */
    private static byte[] spliced(byte[] input, int at, int length, byte[] between) {
        byte[] spliced = Arrays.copyOf(input, input.length - length + between.length);
        System.arraycopy(between, 0, spliced, at, between.length);
        System.arraycopy(input, at + length, spliced, at + between.length, input.length - at - length);
        return spliced;
    }
}
