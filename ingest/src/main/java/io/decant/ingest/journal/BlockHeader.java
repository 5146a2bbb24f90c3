package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the journal says of a block beside its records.
 *
 * @param payload offset of the records from where the block was read, see {@link #get}
 */
record BlockHeader(StreamId stream, long first, int records, long arrivalMillis, int payload, int payloadBytes) {

    private static final byte KEPT = 1;

    static final int FIRST_AT = Integer.BYTES + Integer.BYTES;
    static final int ARRIVAL_AT = FIRST_AT + Long.BYTES;
    /** Where the source's name begins, a string like the stream's, which follows it. */
    static final int SOURCE_AT = ARRIVAL_AT + Long.BYTES + 1;

    static int encodedBytes(byte[] source, byte[] name) {
        return SOURCE_AT + Short.BYTES + source.length + Short.BYTES + name.length;
    }

    /** Puts the header of a block; its payload follows. */
    static void put(ByteBuffer target, Block block, byte[] source, byte[] name) {
        target.putInt(block.bytes())
                .putInt(block.records())
                .putLong(block.first())
                .putLong(block.arrivalMillis())
                .put(block.stream().kept() ? KEPT : 0)
                .putShort((short) source.length)
                .put(source)
                .putShort((short) name.length)
                .put(name);
    }

    /** Reads the header at the buffer's position and skips its payload. */
    static BlockHeader get(ByteBuffer from) {
        int payloadBytes = from.getInt();
        int records = from.getInt();
        long first = from.getLong();
        long arrival = from.getLong();
        boolean kept = from.get() == KEPT;
        String source = EntryCodec.getString(from);
        String name = EntryCodec.getString(from);
        int payload = from.position();
        from.position(payload + payloadBytes);
        return new BlockHeader(new StreamId(source, name, kept), first, records, arrival, payload, payloadBytes);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
