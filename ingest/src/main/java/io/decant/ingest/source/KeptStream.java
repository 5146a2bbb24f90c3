package io.decant.ingest.source;

/**
 * What the journal knows of a stream that can be resumed.
 *
 * @param next ordinal of the record to resume at: so many are durable
 * @param lastSeenMillis arrival of its last record, milliseconds since the epoch
 */
public record KeptStream(long next, long lastSeenMillis) {}
