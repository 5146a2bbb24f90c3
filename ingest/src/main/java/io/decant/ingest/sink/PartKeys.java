package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;

/**
 * The idempotency keys of the parts of one batch: the same after any crash, and of no other part. Immutable.
 *
 * @param sink server, journal and sink: the same for all batches
 * @param batch its number
 */
public record PartKeys(String sink, long batch) {

    /** @param sink its name in the settings */
    public static PartKeys of(OpenBatch batch, String sink) {
        String server = batch.cut().shape().serverName();
        return new PartKeys(prefix(server, batch.journalId(), sink), batch.cut().batch());
    }

    /** What the keys of all batches of a sink begin with. */
    public static String prefix(String server, String journalId, String sink) {
        return server + "-" + journalId + "-" + sink;
    }

    /**
     * @param first ordinal of the part's first record among those of the bucket that the format carries
     * @param records how many of them it holds
     */
    public String of(int bucket, long first, long records) {
        return sink + "-" + batch + "-" + bucket + "-" + first + "-" + records;
    }

    /** Of a part. */
    public String of(Part part) {
        return of(part.bucket(), part.carriedFirst(), part.carried());
    }
}
