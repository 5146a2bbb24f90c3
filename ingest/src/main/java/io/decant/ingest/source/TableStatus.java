package io.decant.ingest.source;

/**
 * A table that is imported, as {@code /status} shows it.
 *
 * @param state a word: {@code planning}, {@code reading}, {@code waiting} (for the next increment), {@code done} or
 *     {@code stopped}
 * @param rows that are in the journal, over all starts
 * @param rowsAbout how many the import was planned to have, about
 * @param ranges that the import is cut into
 * @param rangesDone those that are read
 * @param error why it is not read further, or what is retried, in one line; empty if nothing failed
 * @param note what is waited for, or may be missed, in one line; empty where nothing is
 */
public record TableStatus(
        String state, long rows, long rowsAbout, int ranges, int rangesDone, String error, String note) {}
