package io.decant.ingest.source.http;

import io.decant.ingest.journal.OpaqueBytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the journal keeps of a request with an idempotency key, in each of its blocks: which body it has, and how many
 * records that is. How many of them are durable is the stream's own count.
 *
 * @param sha256 of the decoded body
 * @param records of the whole body
 */
record RequestCursor(OpaqueBytes sha256, int records) {

    private static final byte VERSION = 1;
    private static final int HASH_BYTES = 32;
    private static final int BYTES = 1 + HASH_BYTES + Integer.BYTES;

    RequestCursor {
        if (sha256.length() != HASH_BYTES || records < 1) {
            throw new IllegalArgumentException("no cursor: " + sha256 + ", " + records + " records");
        }
    }

    OpaqueBytes encoded() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put(VERSION).put(sha256.toArray()).putInt(records);
        return OpaqueBytes.of(bytes.array());
    }

    /** Empty where it is not one of this version. */
    static Optional<RequestCursor> decode(OpaqueBytes cursor) {
        ByteBuffer bytes = ByteBuffer.wrap(cursor.toArray());
        if (bytes.remaining() != BYTES || bytes.get() != VERSION) {
            return Optional.empty();
        }
        byte[] hash = new byte[HASH_BYTES];
        bytes.get(hash);
        int records = bytes.getInt();
        return records < 1 ? Optional.empty() : Optional.of(new RequestCursor(OpaqueBytes.of(hash), records));
    }
}
