package io.decant.harness;

import java.util.function.UnaryOperator;

/**
 * What the headers of a request say.
 *
 * @param key the {@code Idempotency-Key}
 * @param batch from 1
 * @param bucket from 0
 * @param buckets how many the batch has
 * @param first ordinal of the part's first record within the bucket
 * @param records in the body
 * @param window of the batch, {@code <start>/<end>}
 */
public record ReceivedPart(String key, long batch, int bucket, int buckets, long first, long records, String window) {

    /**
     * Reads the headers.
     *
     * @param header a header's value by its name, null where it is absent
     * @throws IllegalArgumentException when one is missing or no number
     */
    public static ReceivedPart of(UnaryOperator<String> header) {
        return new ReceivedPart(
                text(header, "Idempotency-Key"),
                number(header, "Decant-Batch"),
                Math.toIntExact(number(header, "Decant-Bucket")),
                Math.toIntExact(number(header, "Decant-Buckets")),
                number(header, "Decant-First"),
                number(header, "Decant-Records"),
                text(header, "Decant-Window"));
    }

    private static String text(UnaryOperator<String> header, String name) {
        String value = header.apply(name);
        if (value == null) {
            throw new IllegalArgumentException("a request without " + name);
        }
        return value;
    }

    private static long number(UnaryOperator<String> header, String name) {
        String value = text(header, name);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a request with " + name + ": " + value, e);
        }
    }

    /** Where it belongs, for a person. */
    public String where() {
        return "batch " + batch + ", bucket " + bucket + ", from record " + first;
    }
}
