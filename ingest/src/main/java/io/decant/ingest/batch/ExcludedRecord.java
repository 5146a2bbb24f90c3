package io.decant.ingest.batch;

/**
 * A record that is set aside of a batch, and is in none of its buckets. It lies in the mapped journal as long as its
 * batch is open.
 *
 * @param reason why, as the journal has it
 * @param address where its line, or the value in its frame, begins
 * @param length bytes of the line without its newline, or of the value; 0 of a tombstone
 * @param frame the {@link io.decant.bucketer.Frame} that it lies in; 0 for a line
 * @param stream the name of the stream that its frame came in; empty for a line
 */
public record ExcludedRecord(String reason, long address, int length, long frame, String stream) {}
