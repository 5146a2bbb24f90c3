package io.decant.bucketer;

import java.util.List;
import java.util.Objects;

/**
 * How the records of a batch are told apart: all that the bucket of a record depends on besides the records themselves.
 *
 * @param key where the key is
 * @param missing what becomes of a record without one
 * @param seed of the 64-bit hash that keys are compared by
 * @param transforms what records go through before: those that {@link Chunks#transform} numbers
 */
public record Keying(KeySpec key, MissingKey missing, long seed, List<Transform> transforms) {

    public Keying {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(missing, "missing");
        transforms = List.copyOf(transforms);
    }

    /** For records that stay as they are. */
    public Keying(KeySpec key, MissingKey missing, long seed) {
        this(key, missing, seed, List.of());
    }

    /** Every record is its own key. */
    public static Keying wholeRecord(long seed) {
        return new Keying(KeySpec.RECORD, MissingKey.RECORD, seed);
    }

    /** Whether there can be records that belong to no bucket. */
    boolean leavesKeylessOut() {
        return missing == MissingKey.DLQ && !key.equals(KeySpec.RECORD);
    }

    /** A hasher for the use of one thread. */
    public KeyHasher newHasher() {
        return KeyHasher.of(this);
    }
}
