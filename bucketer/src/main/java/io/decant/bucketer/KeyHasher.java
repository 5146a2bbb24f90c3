package io.decant.bucketer;

import net.openhft.hashing.LongHashFunction;

/**
 * Hashes the key of a record: XXH3, 64 bits, seeded. Records with the same hash are taken to have the same key.
 *
 * <p>Two different keys collide with a chance of about n²/2^65 in a batch of n keys (3 in a million for ten million).
 * If they do, they are treated as one key: still no bucket holds a key twice, nothing is lost and order is kept, but the
 * batch may have a bucket more than it needs.
 *
 * <p>Owned by one thread. A whole-record key is hashed where it lies; other keys are extracted first, on the heap.
 */
public final class KeyHasher {

    private final LongHashFunction function;
    private final KeyExtractor extractor;
    private final boolean wholeRecord;

    KeyHasher(LongHashFunction function, KeyExtractor extractor) {
        this.function = function;
        this.extractor = extractor;
        this.wholeRecord = extractor instanceof RecordKeyExtractor;
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

    /** The key of a record, null where it has none; for when it matters whether it has. */
    byte[] key(long address, int length) {
        return extractor.key(address, length);
    }

    long hash(byte[] key) {
        return function.hashBytes(key);
    }
}
