package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;

/**
 * Where a stream whose records have offsets of their own continues: offsets have gaps, so the count of its records does
 * not say it.
 *
 * @param offset the next one to ask for; {@link #NO_OFFSET} where the stream has none
 * @param topicId what tells the stream from an earlier one of its name, that was deleted; zero where it has none
 */
public record ResumePoint(long offset, UUID topicId) {

    public static final long NO_OFFSET = -1;
    public static final UUID NO_TOPIC = new UUID(0, 0);
    /** That of a stream of which ordinals say all. */
    public static final ResumePoint NONE = new ResumePoint(NO_OFFSET, NO_TOPIC);

    static final int ENCODED_BYTES = 3 * Long.BYTES;

    public ResumePoint {
        Objects.requireNonNull(topicId, "topicId");
        if (offset < NO_OFFSET) {
            throw new IllegalArgumentException("invalid offset: " + offset);
        }
    }

    /** Whether there is an offset to resume at. */
    public boolean isKnown() {
        return offset != NO_OFFSET;
    }

    /** The topic's id as Kafka's own tools write it. */
    public String topicText() {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** That behind the record of this offset; none where this is. */
    ResumePoint after(long recordOffset) {
        return isKnown() ? new ResumePoint(recordOffset + 1, topicId) : this;
    }

    /** Whether the stream of this point can have come from that one: the same topic, not going back. */
    boolean follows(ResumePoint before) {
        return topicId.equals(before.topicId) && offset >= before.offset;
    }
}
