package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Hashes the key of a record: XXH3, 64 bits, seeded. Records with the same hash are taken to have the same key.
 *
 * <p>Two different keys collide with a chance of about n²/2^65 in a batch of n keys (3 in a million for ten million).
 * If they do, they are treated as one key: still no bucket holds a key twice, nothing is lost and order is kept. With a and b
 * occurrences they make up to a + b buckets instead of the larger of the two.
 *
 * <p>Owned by one thread. A whole-record key and a Kafka record's are hashed where they lie; other keys are extracted first, on
 * the heap.
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

    /** The hash of the key of the record of {@code length} bytes at {@code address}; of the record where it has none. */
    public long hash(long address, int length) {
        if (wholeRecord) {
            return function.hashMemory(address, length);
        }
        byte[] key = extractor.key(address, length);
        return key == null ? function.hashMemory(address, length) : hash(key);
    }

    /**
     * The hash of the key of the record in a {@link Frame}; where it has none, of its value, and of a tombstone a hash that no
     * value has but by chance.
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

    /** The key of a record, null where it has none; for when it matters whether it has. */
    byte[] key(long address, int length) {
        return extractor.key(address, length);
    }

    /** The same for a record in a frame. */
    byte[] keyOfFrame(long frame) {
        return extractor.keyOfFrame(frame);
    }

    long hash(byte[] key) {
        return function.hashBytes(key);
    }
}
