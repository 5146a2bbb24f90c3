package io.decant.loadtest.powercut;

import java.util.Arrays;
import java.util.List;

/**
 * What one request carried.
 *
 * @param body read as ISO 8859-1, so that every byte is a character
 */
record PowerCutPart(
        String key, long batch, int bucket, int buckets, long first, int records, String window, String body) {

    /** The records, of which each must end in a newline; what stands behind the last newline counts as one more. */
    List<String> lines() {
        List<String> lines = Arrays.asList(body.split("\n", -1));
        int last = lines.size() - 1;
        return lines.get(last).isEmpty() ? lines.subList(0, last) : lines;
    }
}
