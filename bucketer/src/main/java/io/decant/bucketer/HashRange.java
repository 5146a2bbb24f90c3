package io.decant.bucketer;

/**
 * A part of the hash space: so many hashes as one table holds.
 *
 * @param from first of the numbers that hashes have without their two lowest bits
 * @param to behind the last
 */
record HashRange(long from, long to) {

    static final int BITS = Long.SIZE - 2;
    static final HashRange ALL = new HashRange(0, 1L << BITS);

    private static long number(long hash) {
        return hash >>> (Long.SIZE - BITS);
    }

    boolean has(long hash) {
        long number = number(hash);
        return number >= from && number < to;
    }

    HashRange lowerHalf() {
        return new HashRange(from, from + (to - from) / 2);
    }

    /** What follows, as wide as this, as far as there are hashes; empty behind the last. */
    HashRange next() {
        return new HashRange(to, to + Math.min((1L << BITS) - to, to - from));
    }

    /** What follows, twice as wide as this, as far as there are hashes; empty behind the last. */
    HashRange nextWider() {
        long rest = (1L << BITS) - to;
        return new HashRange(to, to + (to - from <= rest / 2 ? 2 * (to - from) : rest));
    }

    boolean isEmpty() {
        return from == to;
    }
}
