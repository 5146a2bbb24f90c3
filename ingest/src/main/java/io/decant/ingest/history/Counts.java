package io.decant.ingest.history;

/**
 * What a sink has counted since its start.
 *
 * @param parts that it has cut batches into, pieces of parts included
 * @param requests answered with success; of a sink of files, batches published
 * @param retries requests that had to be repeated
 */
public record Counts(long parts, long requests, long retries) {

    public static final Counts NONE = new Counts(0, 0, 0);

    Counts since(Counts before) {
        return new Counts(parts - before.parts, requests - before.requests, retries - before.retries);
    }
}
