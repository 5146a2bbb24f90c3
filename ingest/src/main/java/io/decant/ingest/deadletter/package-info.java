/**
 * Dead letters: records that no request will carry any more, kept with the reason until an operator handles them.
 *
 * <h2>On disk</h2>
 *
 * <pre>
 * data-dir/dlq/
 *   2026-11-21.ndjson            letters written on that day, UTC; one JSON object a line, in the order of writing
 *   replay/
 *     ID.ndjson                  letters taken out of the days to be sent again, in the same form and order
 *     ID.moving                  the same before they are out of the days; ended by the next start
 *   *.tmp, replay/*.tmp          not written to the end; removed by the next start
 * </pre>
 *
 * <p>A line holds, in this order: {@code time} (of writing, ISO 8601, UTC), {@code journal} (its id), {@code sink}
 * (null where the record fits no bucket), {@code batch}, {@code bucket} (from 0; null where there is none),
 * {@code ordinal} (of the record in its bucket, from 0, counting all of them), {@code reason} (see
 * {@link io.decant.ingest.deadletter.Reason}), {@code status} (of the answer; null where there was none),
 * {@code answer} (its first bytes as text; of a record that was set aside, why), and {@code record}, or
 * {@code record-base64} where the record is not UTF-8. That of a record which is more than a line holds in
 * {@code record} its value, null of a tombstone, and on with {@code key} (or {@code key-base64}; null: none),
 * {@code headers} (where there are any, an array of objects with {@code name} and {@code value}, or
 * {@code value-base64}, or null), {@code topic} and {@code partition} (of Kafka's; not there in a letter of 0.1.0, nor
 * of a record that was sent again; a replay passes them over), {@code offset}, and {@code timestamp} (ms since the
 * epoch). Journal, sink, batch, bucket and ordinal are the letter's identity.
 *
 * <p>Files are only ever appended to, or replaced by one rename. A line without its newline is not a letter yet. A line
 * that is no letter is what a power cut left of an unacknowledged one, or damage; it stays, and every reader
 * passes it over.
 *
 * <h2>Operation</h2>
 *
 * <p>Each lane offers letters to a {@link io.decant.ingest.deadletter.DeadLetterBox} of its own; one thread writes and
 * forces them ({@link io.decant.ingest.deadletter.DeadLetters}). The disk is behind
 * {@link io.decant.ingest.deadletter.DeadLetterStore}. Readers need no lock
 * ({@link io.decant.ingest.deadletter.DeadLetterReader}).
 */
package io.decant.ingest.deadletter;
