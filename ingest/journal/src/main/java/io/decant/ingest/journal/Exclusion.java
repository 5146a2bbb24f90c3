package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A record of a batch that cannot be processed, and that is set aside before any sink begins the batch. It holds for
 * every sink and every restart.
 *
 * @param batch number of a batch that is cut
 * @param ordinal of the record in the batch, in order of arrival, from 0
 * @param reason why, for the dead letter queue and for people; at most {@value #REASON_BYTES_MAX} bytes of UTF-8
 */
public record Exclusion(long batch, long ordinal, String reason) {

    /** Longest reason, in bytes of UTF-8. */
    public static final int REASON_BYTES_MAX = 512;

    /** Longest in a checkpoint. */
    static final int BYTES_MAX = 2 * Long.BYTES + Short.BYTES + REASON_BYTES_MAX;

    public Exclusion {
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (batch < 1 || ordinal < 0 || bytes > REASON_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "invalid exclusion: batch " + batch + ", record " + ordinal + ", a reason of " + bytes + " bytes");
        }
    }

    int encodedBytes() {
        return 2 * Long.BYTES + EntryCodec.encodedBytes(reason);
    }

    void put(ByteBuffer target) {
        target.putLong(batch).putLong(ordinal);
        EntryCodec.putString(target, reason);
    }

    static Exclusion get(ByteBuffer source) {
        return new Exclusion(source.getLong(), source.getLong(), EntryCodec.getString(source));
    }
}
