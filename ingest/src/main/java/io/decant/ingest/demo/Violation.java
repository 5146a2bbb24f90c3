package io.decant.ingest.demo;

/**
 * Something that must not be.
 *
 * @param rule the one that is broken
 * @param text what was seen where
 */
public record Violation(Rule rule, String text) {

    /** What Decant promises. */
    public enum Rule {
        /** No bucket holds a key twice. */
        DISTINCT,
        /** The buckets together are the stream. */
        COMPLETE
    }
}
