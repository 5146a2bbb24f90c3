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
        return extractor.find(address, length) ? extractor.hash(function) : ofRecord(address, length);
    }

    /**
     * The hash of the key of the record in a {@link Frame}; where it has none, of its value, and of a tombstone a hash
     * that no value has but by chance.
     */
    public long hashFrame(long frame) {
        if (extractor.findInFrame(frame)) {
            return extractor.hash(function);
        }
        return Frame.isTombstone(frame) ? tombstone : ofRecord(Frame.valueAddress(frame), Frame.valueLength(frame));
    }

    /** {@link #hashFrame} of a frame that would have another value, and a value in any case. */
    long hashWithValue(long frame, long value, int length) {
        return extractor.findWithValue(frame, value, length) ? extractor.hash(function) : ofRecord(value, length);
    }

    /** The record is its own key; with several keys there must be one. */
    private long ofRecord(long address, int length) {
        long hash = function.hashMemory(address, length);
        return slots() > 1 ? SeveralKeysExtractor.present(hash) : hash;
    }

    /** {@link #findInFrame} in such a frame. */
    boolean findWithValue(long frame, long value, int length) {
        return extractor.findWithValue(frame, value, length);
    }

    /** How many keys a record can have. */
    public int slots() {
        return extractor.slots();
    }

    /** The name of what the key in a slot is compared with; empty where there is one. */
    String name(int slot) {
        return extractor.name(slot);
    }

    /** The hash of one of several keys of the record that was hashed last, from the second on; 0 where it has none. */
    public long slot(int slot) {
        return extractor.slot(slot);
    }

    /** {@link KeyExtractor#hasReadJson} of the record whose key was looked for last, which was a line. */
    boolean hasReadJson() {
        return !wholeRecord && extractor.hasReadJson();
    }

    /** The reference to the frame whose key was looked for last, with what is known of its value now. */
    long refOfFrame(long frame) {
        boolean isJson = !wholeRecord && !Frame.isTombstone(frame) && extractor.hasReadJson();
        return RecordRef.withJson(RecordRef.ofFrameRead(frame), isJson);
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

    /** What finds the key of a record; null where that is the record. */
    KeyExtractor extractor() {
        return wholeRecord ? null : extractor;
    }

    /** The hash of a key that is these bytes. */
    long hashOf(long address, int length) {
        return function.hashMemory(address, length);
    }

    /** The hash of a key that is a record without a value. */
    long hashOfTombstone() {
        return tombstone;
    }

    /** The hash of the key that was found last. */
    long hashFound() {
        return extractor.hash(function);
    }
}
