package io.decant.ingest.source;

import io.decant.ingest.journal.ResumePoint;
import java.util.UUID;

/**
 * What the journal knows of a stream that can be resumed.
 *
 * @param next ordinal of the record to resume at: so many are durable
 * @param lastSeenMillis arrival of its last record, milliseconds since the epoch
 * @param resumeOffset the offset to ask for next; {@link ResumePoint#NO_OFFSET} where its records have none
 * @param topicId what told the stream from others of its name; {@link ResumePoint#NO_TOPIC} where nothing did
 */
public record KeptStream(long next, long lastSeenMillis, long resumeOffset, UUID topicId) {

    /** One of which the ordinal says all. */
    public KeptStream(long next, long lastSeenMillis) {
        this(next, lastSeenMillis, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC);
    }
}
