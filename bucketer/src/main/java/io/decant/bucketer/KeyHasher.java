package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Hashes the key of a record: XXH3, 64 bits, seeded. Records with the same hash are taken to have the same key.
 *
 * <p>Two different keys collide with a chance of about n²/2^65 in a batch of n keys (3 in a million for ten million).
 * If they do, they are treated as one key: still no bucket holds a key twice, nothing is lost and order is kept. With a
 * and b occurrences they make up to a + b buckets instead of the larger of the two.
 *
 * <p>Owned by one thread. Keys are hashed where they lie; those with escapes through a window of bounded size.
 */
public final class KeyHasher {

    private final LongHashFunction function;
    private final KeyExtractor extractor;
    private final boolean wholeRecord;
    private final boolean kafkaKey;
    /** A tombstone is not the empty value, so it must not hash like it; and no value hashes to this by its content. */
    private final long tombstone;

    KeyHasher(LongHashFunction function, KeyExtractor extractor) {
        this.function = function;
        this.extractor = extractor;
        this.wholeRecord = extractor instanceof RecordKeyExtractor;
        this.kafkaKey = extractor instanceof KafkaKeyExtractor;
        this.tombstone = ~function.hashVoid();
    }

    static KeyHasher of(Keying keying) {
        return new KeyHasher(LongHashFunction.xx3(keying.seed()), keying.key().newExtractor());
    }

    /**
     * The hash of the key of the record of {@code length} bytes at {@code address}; of the record where it has none.
     */
    public long hash(long address, int length) {
        if (wholeRecord) {
            return function.hashMemory(address, length);
        }
        return extractor.find(address, length) ? extractor.hash(function) : function.hashMemory(address, length);
    }

    /**
     * The hash of the key of the record in a {@link Frame}; where it has none, of its value, and of a tombstone a hash
     * that no value has but by chance.
     */
    public long hashFrame(long frame) {
        if (kafkaKey && Frame.hasKey(frame)) {
            return function.hashMemory(Frame.keyAddress(frame), Frame.keyLength(frame));
        }
        if (Frame.isTombstone(frame)) {
            return tombstone;
        }
        return hash(Frame.valueAddress(frame), Frame.valueLength(frame));
    }

    /** Whether keys stand beside values, so that a value does not show its key. */
    boolean isBesideValue() {
        return kafkaKey;
    }

    /** Looks for the key of a record; false where it has none. For when it matters whether it has. */
    boolean find(long address, int length) {
        return extractor.find(address, length);
    }

    /** The same for a record in a frame. */
    boolean findInFrame(long frame) {
        return extractor.findInFrame(frame);
    }

    /** The hash of the key that was found last. */
    long hashFound() {
        return extractor.hash(function);
    }
}
