package io.decant.offload.layout;

import java.time.Instant;

/**
 * Which batch, of which server, as it was cut.
 *
 * @param serverName {@code name} of the settings when the batch was cut
 * @param journalId the journal's random id, 8 hex digits
 * @param batch its number, from 1
 * @param windowStart inclusive
 * @param windowEnd exclusive
 */
public record BatchId(String serverName, String journalId, long batch, Instant windowStart, Instant windowEnd) {

    public BatchId {
        if (serverName.isEmpty() || journalId.isEmpty() || batch < 1 || !windowStart.isBefore(windowEnd)) {
            throw new IllegalArgumentException("invalid batch id: name '" + serverName + "', journal '" + journalId
                    + "', batch " + batch + ", window " + windowStart + "/" + windowEnd);
        }
    }
}
