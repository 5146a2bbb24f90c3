package io.decant.ingest.source;

import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ResumePoint;
import java.util.UUID;

/**
 * What the journal knows of a stream that can be resumed.
 *
 * @param next ordinal of the record to resume at: so many are durable
 * @param seenServedMillis how long servers of the journal had served when its last record came, in milliseconds
 * @param resumeOffset the offset to ask for next; {@link ResumePoint#NO_OFFSET} where its records have none
 * @param topicId what told the stream from others of its name; {@link ResumePoint#NO_TOPIC} where nothing did
 * @param cursor that of its last block; none where it had none
 */
public record ResumableStream(long next, long seenServedMillis, long resumeOffset, UUID topicId, OpaqueBytes cursor) {

    /** One without a cursor. */
    public ResumableStream(long next, long seenServedMillis, long resumeOffset, UUID topicId) {
        this(next, seenServedMillis, resumeOffset, topicId, OpaqueBytes.NONE);
    }

    /** One of which the ordinal says all. */
    public ResumableStream(long next, long seenServedMillis) {
        this(next, seenServedMillis, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC);
    }
}
