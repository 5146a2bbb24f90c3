package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/**
 * What an import has read: a table, up to its limits. The newest of a source's table stands for those before it.
 *
 * @param source the source's name in the settings
 * @param table at most {@value #TABLE_BYTES_MAX} bytes of UTF-8
 * @param planHash hash of the plan by which it was read; at most {@value #HASH_BYTES_MAX} bytes
 * @param limits up to where, as the source encodes it; at most {@value #LIMITS_BYTES_MAX} bytes
 */
public record ImportDone(String source, String table, OpaqueBytes planHash, OpaqueBytes limits) {

    /** Longest name of a table: a schema's and a table's, of 64 characters each, in any script. */
    public static final int TABLE_BYTES_MAX = 1_024;
    /** Longest hash. */
    public static final int HASH_BYTES_MAX = 64;
    /** Longest upper limits. */
    public static final int LIMITS_BYTES_MAX = 4 << 10;

    public ImportDone {
        if (source.isEmpty()
                || EntryCodec.encodedBytes(source) > Short.BYTES + StreamId.SOURCE_BYTES_MAX
                || EntryCodec.encodedBytes(table) > Short.BYTES + TABLE_BYTES_MAX) {
            throw new IllegalArgumentException("invalid table '" + table + "' of source '" + source + "'");
        }
        planHash.atMost(HASH_BYTES_MAX, "the hash of the plan of source " + source);
        limits.atMost(LIMITS_BYTES_MAX, "the upper limits of table " + table);
    }

    int encodedBytes() {
        return EntryCodec.encodedBytes(source)
                + EntryCodec.encodedBytes(table)
                + planHash.encodedBytes()
                + limits.encodedBytes();
    }

    void put(ByteBuffer target) {
        EntryCodec.putString(target, source);
        EntryCodec.putString(target, table);
        planHash.put(target);
        limits.put(target);
    }

    static ImportDone get(ByteBuffer from) {
        return new ImportDone(
                EntryCodec.getString(from), EntryCodec.getString(from), OpaqueBytes.get(from), OpaqueBytes.get(from));
    }
}
