package io.decant.config;

/** The section {@code bucket}. */
public record BucketSettings(KeySpec key, MissingKey missingKey) {

    /** Every value as it is when nothing is set. */
    public static BucketSettings defaults() {
        return null;
    }
}
