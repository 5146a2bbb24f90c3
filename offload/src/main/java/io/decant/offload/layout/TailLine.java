package io.decant.offload.layout;

import java.nio.charset.StandardCharsets;

/**
 * A line of the tail: the bucket's number, a tab, then what would be the line in a file of the bucket's own. Stateless.
 */
public final class TailLine {

    /** Most bytes that a {@link #prefix} has. */
    public static final int PREFIX_BYTES_MAX = 11;

    private TailLine() {}

    /** What stands before every line of a bucket: its number in decimal digits, and a tab. */
    public static byte[] prefix(int bucket) {
        return (bucket + "\t").getBytes(StandardCharsets.US_ASCII);
    }
}
