package io.decant.ingest.source;

/**
 * A source as {@code /status} shows it.
 *
 * @param address where it listens, with the port that was really bound; empty before it does
 * @param connections open connections
 * @param records records acknowledged since the start
 * @param bytes payload bytes acknowledged since the start
 * @param refusals connections that were refused or ended with an error since the start
 * @param unfinishedBytes bytes of unfinished lines held in memory
 * @param paused whether it waits for room in the journal
 */
public record SourceStatus(
        String address,
        int connections,
        long records,
        long bytes,
        long refusals,
        long unfinishedBytes,
        boolean paused) {}
