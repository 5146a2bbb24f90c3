package io.decant.harness;

/**
 * A multiset of records in three numbers, whatever their order.
 *
 * <p>The sum, modulo 2^64, of a seeded 64-bit hash of each: two multisets that differ have the same with a chance of
 * about 2^-64, as long as records are not chosen with knowledge of the seed. A sum, not a xor: in a xor a pair of equal
 * records leaves no trace.
 *
 * @param records how many
 * @param bytes of all, without newlines
 * @param sum of their hashes
 */
public record Fingerprint(long records, long bytes, long sum) {

    public static final Fingerprint EMPTY = new Fingerprint(0, 0, 0);

    /** Of the records of both. */
    public Fingerprint plus(Fingerprint other) {
        return new Fingerprint(records + other.records, bytes + other.bytes, sum + other.sum);
    }

    @Override
    public String toString() {
        return String.format("%016x", sum);
    }
}
