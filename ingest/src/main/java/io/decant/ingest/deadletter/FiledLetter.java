package io.decant.ingest.deadletter;

import java.time.Instant;

/**
 * A letter as it is kept.
 *
 * @param time when it was written, to the millisecond
 * @param journal id of the journal that its batch belongs to, 8 hex digits
 */
public record FiledLetter(Instant time, String journal, DeadLetter letter) {}
