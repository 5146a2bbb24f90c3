package io.decant.ingest.demo;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Memory;
import io.decant.harness.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An endless access log: lines of {@value #RECORD_BYTES} bytes, one in {@value #DUPLICATE_EVERY} of which was there
 * before, most of them a moment ago, and {@value #HOT_KEYS} of them again and again.
 *
 * <p>The same for the same seed. Nothing is allocated per record. Owned by one thread.
 */
final class LogRecords {

    /** Of a record, without its newline. */
    static final int RECORD_BYTES = 100;

    static final int LINE_BYTES = RECORD_BYTES + 1;
    static final int DUPLICATE_EVERY = 10;
    static final int HOT_KEYS = 4;

    /** Rare, so that a second of it makes a handful of buckets and not thousands; a power of two. */
    private static final int HOT_EVERY = 1 << 15;
    /**
     * How many different records back a duplicate's original lies at most, so that most are in one batch; a power of
     * two.
     */
    private static final int REPEAT_WITHIN = 1 << 10;

    private static final String TEXT =
            "192.0.2.hhh - - [20/Nov/2026:21:53:03.uuuuuu +0000] \"POST /orders/oooooooooo?s=ssssssssssssssss\" 200\n";
    private static final byte[] LINE = TEXT.getBytes(StandardCharsets.US_ASCII);
    private static final int HOST_AT = TEXT.indexOf("hhh");
    private static final int HOST_DIGITS = 3;
    private static final int HOSTS = 254;
    private static final int MICROS_AT = TEXT.indexOf("uuuuuu");
    private static final int MICROS_DIGITS = 6;
    private static final int MICROS = 1_000_000;
    private static final int ORDER_AT = TEXT.indexOf("oooooooooo");
    private static final int ORDER_DIGITS = 10;
    private static final int SESSION_AT = TEXT.indexOf("ssssssssssssssss");
    private static final int SESSION_DIGITS = 16;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final KeyHasher hasher;
    private long random;
    private long made;
    /** Of the last record that was new; the hot keys have the ids below the first. */
    private long lastId = HOT_KEYS - 1;

    /**
     * @param seed of what repeats when
     * @param hasher for the fingerprint
     */
    LogRecords(long seed, KeyHasher hasher) {
        this.random = seed | 1;
        this.hasher = hasher;
    }

    /**
     * Fills a direct buffer, from its beginning, with as many whole lines as it can hold, ready to be written out.
     *
     * @return the fingerprint of these records
     */
    Fingerprint fill(ByteBuffer block) {
        int records = block.capacity() / LINE_BYTES;
        long address = Memory.addressOf(block);
        long sum = 0;
        for (int i = 0; i < records; i++, address += LINE_BYTES) {
            write(nextId(), address);
            sum += hasher.hash(address, RECORD_BYTES);
        }
        block.limit(records * LINE_BYTES).position(0);
        return new Fingerprint(records, (long) records * RECORD_BYTES, sum);
    }

    private long nextId() {
        long ordinal = made++;
        if (ordinal % HOT_EVERY == 0) {
            return ordinal / HOT_EVERY % HOT_KEYS;
        }
        if (ordinal % DUPLICATE_EVERY != 0) {
            return ++lastId;
        }
        // Xorshift, G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003.
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return lastId - (random >>> 1) % Math.min(REPEAT_WITHIN, lastId - HOT_KEYS + 1);
    }

    private static void write(long id, long address) {
        Memory.copyFromArray(LINE, 0, LINE_BYTES, address);
        decimal(id % HOSTS + 1, address + HOST_AT, HOST_DIGITS);
        decimal(id % MICROS, address + MICROS_AT, MICROS_DIGITS);
        decimal(id, address + ORDER_AT, ORDER_DIGITS);
        hex(id * 0x9E3779B97F4A7C15L, address + SESSION_AT);
    }

    private static void decimal(long number, long address, int digits) {
        long left = number;
        for (int at = digits - 1; at >= 0; at--) {
            Memory.putByte(address + at, (byte) ('0' + left % 10));
            left /= 10;
        }
    }

    private static void hex(long number, long address) {
        for (int at = 0; at < SESSION_DIGITS; at++) {
            Memory.putByte(address + at, HEX[(int) (number >>> (4 * at)) & 0xF]);
        }
    }
}
