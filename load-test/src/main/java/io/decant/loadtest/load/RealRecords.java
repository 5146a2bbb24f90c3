package io.decant.loadtest.load;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Records as applications send them, of {@value #BYTES} bytes: a template, in which the key of the record, the round
 * and text that follows from the key are filled in. The key that is extracted is key and round together, so a round's
 * keys are unlike those of every other. The same for the same seed; nothing is allocated per record.
 */
public final class RealRecords implements RecordMaker {

    /** Of a record, without its newline. */
    public static final int BYTES = 200;

    /** How records look. */
    public enum Form {
        /** An object with members, nested objects, an array, numbers and a boolean; key {@code json:/user/id}. */
        JSON(
                "{\"user\":{\"id\":\"~~~~~^^^^\",\"name\":\"@@@@@@\"},\"order\":{\"id\":\"@@@@@@@@\"},"
                        + "\"time\":\"2026-11-28T10:15:30Z\",\"level\":\"INFO\",\"price\":1.20,"
                        + "\"items\":[\"apple\",\"pear\"],\"ok\":true,\"note\":null,\"path\":\"/orders\",\"ms\":",
                "1",
                "}"),
        /** Fields; key {@code csv:2}. */
        CSV("2026-11-28T10:15:30.123Z,~~~~~^^^^,@@@@@@,@@@@@@@@,INFO,12.50,apple,pear,true,/api/orders,", "x", ""),
        /** A line of a log; key {@code regex:user=(\w+)}. */
        LOG("2026-11-28 10:15:30,123 INFO sshd[4711]: Accepted key for user=~~~~~^^^^ from 10.0.17.4 id @@@ ", "x", "");

        private final String template;

        Form(String begin, String filler, String end) {
            template = begin + filler.repeat(BYTES - begin.length() - end.length()) + end + "\n";
        }
    }

    /** How often keys occur in a round. */
    public enum Keys {
        /** One record in ten has the key of an earlier one, any of them with the same chance. */
        FEW_REPEATS,
        /** One record in a hundred has the same key, all others one of their own. */
        ONE_HOT,
        /** The n-th most frequent of a million keys occurs 1/n times as often as the first (Zipf's law). */
        ZIPF
    }

    private static final char KEY = '~';
    private static final char ROUND = '^';
    private static final char TEXT = '@';
    private static final byte[] ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUV".getBytes(StandardCharsets.US_ASCII);
    private static final int CHARACTER_BITS = 5;
    private static final int HUNDRED = 100;
    private static final int REPEATS = 10;
    private static final int ZIPF_KEYS = 1_000_000;
    /** Odd, so that different keys stay different in what their characters hold. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private final byte[] template;
    private final int keyFrom;
    private final int keyCharacters;
    private final int roundFrom;
    private final int roundCharacters;
    private final int[] text;
    private final Keys keys;
    private final double[] zipf;
    private final SplittableRandom random;
    private long fresh = 1;

    RealRecords(Form form, Keys keys, long seed) {
        this.template = form.template.getBytes(StandardCharsets.US_ASCII);
        this.keyFrom = find(KEY, 0);
        this.keyCharacters = count(KEY);
        this.roundFrom = find(ROUND, 0);
        this.roundCharacters = count(ROUND);
        this.text = new int[count(TEXT)];
        int at = -1;
        for (int i = 0; i < text.length; i++) {
            at = find(TEXT, at + 1);
            text[i] = at;
        }
        this.keys = keys;
        this.zipf = keys == Keys.ZIPF ? sums() : new double[0];
        this.random = new SplittableRandom(seed);
    }

    /** A pool of such records whose chunks have about {@code chunkBytes}. */
    public static RecordPool pool(Form form, Keys keys, int chunkBytes, long seed) {
        RecordShape shape = RecordShape.STANDARD.withBytes(BYTES);
        return new RecordPool(
                shape,
                Math.max(1, chunkBytes / shape.lineBytes()),
                RecordPool.BYTES_DEFAULT,
                new RealRecords(form, keys, seed));
    }

    private int find(char marker, int from) {
        for (int at = from; at < template.length; at++) {
            if (template[at] == marker) {
                return at;
            }
        }
        throw new IllegalArgumentException("a template without " + marker);
    }

    private int count(char marker) {
        int count = 0;
        for (byte c : template) {
            count += c == marker ? 1 : 0;
        }
        return count;
    }

    private static double[] sums() {
        double[] sums = new double[ZIPF_KEYS];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += 1.0 / (i + 1);
            sums[i] = sum;
        }
        return sums;
    }

    @Override
    public void next(long address) {
        Memory.copyFromArray(template, 0, template.length, address);
        long key = nextKey() * SCATTER;
        number(key, keyCharacters, address + keyFrom);
        stamp(address, 0);
        long state = key;
        for (int at : text) {
            state = state * SCATTER + 1;
            Memory.putByte(address + at, ALPHABET[(int) (state >>> (Long.SIZE - CHARACTER_BITS))]);
        }
    }

    private long nextKey() {
        return switch (keys) {
            case FEW_REPEATS -> random.nextInt(REPEATS) == 0 ? random.nextLong(fresh) : fresh++;
            case ONE_HOT -> random.nextInt(HUNDRED) == 0 ? 0 : fresh++;
            case ZIPF -> {
                int at = Arrays.binarySearch(zipf, random.nextDouble() * zipf[zipf.length - 1]);
                yield at < 0 ? -at - 1 : at;
            }
        };
    }

    @Override
    public void stamp(long address, long round) {
        number(round, roundCharacters, address + roundFrom);
    }

    private static void number(long number, int characters, long address) {
        long left = number;
        for (int i = characters - 1; i >= 0; i--) {
            Memory.putByte(address + i, ALPHABET[(int) (left & (ALPHABET.length - 1))]);
            left >>>= CHARACTER_BITS;
        }
    }
}
