package io.decant.ingest.sink;

/**
 * A sink as {@code /status} shows it.
 *
 * @param lastError the last failure in one line, with the status or the cause; empty while nothing fails
 * @param requests requests answered with success since the start
 * @param retries requests that had to be repeated since the start
 * @param records records delivered since the start
 * @param bytes body bytes delivered since the start
 */
public record SinkStatus(SinkState state, String lastError, long requests, long retries, long records, long bytes) {}
