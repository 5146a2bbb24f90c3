package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/**
 * What an import is going to read. The newest of a source stands for those before it.
 *
 * @param source the source's name in the settings
 * @param payload what the source makes of it; at most {@value #PAYLOAD_BYTES_MAX} bytes
 */
public record ImportPlan(String source, OpaqueBytes payload) {

    /** Longest payload. */
    public static final int PAYLOAD_BYTES_MAX = 48 << 10;

    public ImportPlan {
        if (source.isEmpty() || EntryCodec.encodedBytes(source) > Short.BYTES + StreamId.SOURCE_BYTES_MAX) {
            throw new IllegalArgumentException("invalid source: '" + source + "'");
        }
        payload.atMost(PAYLOAD_BYTES_MAX, "the plan of source " + source);
    }

    int encodedBytes() {
        return EntryCodec.encodedBytes(source) + payload.encodedBytes();
    }

    void put(ByteBuffer target) {
        EntryCodec.putString(target, source);
        payload.put(target);
    }

    static ImportPlan get(ByteBuffer from) {
        return new ImportPlan(EntryCodec.getString(from), OpaqueBytes.get(from));
    }
}
