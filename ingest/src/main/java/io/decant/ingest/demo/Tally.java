package io.decant.ingest.demo;

import java.util.List;

/**
 * What has been received so far.
 *
 * @param records the fingerprint of all records
 * @param repeats records in buckets after the first
 * @param batches how many there were, the one that may still be coming included
 * @param buckets of all batches
 * @param requests with redeliveries
 * @param redeliveries requests that came again with the same key and the same body, and counted once
 * @param violations the first ones of each rule
 */
public record Tally(
        Fingerprint records,
        long repeats,
        long batches,
        long buckets,
        long requests,
        long redeliveries,
        List<Violation> violations) {

    static final Tally EMPTY = new Tally(Fingerprint.EMPTY, 0, 0, 0, 0, 0, List.of());
}
