package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the journal says of a block beside its records.
 *
 * @param payload offset of the records from where the block was read, see {@link #get}
 */
record BlockHeader(
        StreamId stream,
        long first,
        int records,
        long arrivalMillis,
        boolean framed,
        ResumePoint resume,
        OpaqueBytes cursor,
        int payload,
        int payloadBytes) {

    private static final int KEPT = 1;
    private static final int FRAMED = 2;
    /** Only in an entry of format 2. */
    private static final int CURSOR = 4;

    static final int FIRST_AT = Integer.BYTES + Integer.BYTES;
    static final int ARRIVAL_AT = FIRST_AT + Long.BYTES;
    static final int FLAGS_AT = ARRIVAL_AT + Long.BYTES;
    private static final int RESUME_AT = FLAGS_AT + 1;

    /**
     * Where the cursor begins in a block that has one, else the source's name, a string like the stream's, which
     * follows it.
     */
    static int behindResume(byte flags) {
        return (flags & FRAMED) != 0 ? RESUME_AT + ResumePoint.ENCODED_BYTES : RESUME_AT;
    }

    /** Whether there is a cursor: a u16 length and so many bytes, before the source's name. */
    static boolean hasCursor(byte flags) {
        return (flags & CURSOR) != 0;
    }

    /** Puts the header of a block; its payload follows. */
    static void put(ByteBuffer target, Block block, byte[] source, byte[] name) {
        int flags = (block.stream().kept() ? KEPT : 0)
                | (block.isFramed() ? FRAMED : 0)
                | (block.isDivisible() ? 0 : CURSOR);
        target.putInt(block.bytes())
                .putInt(block.records())
                .putLong(block.first())
                .putLong(block.arrivalMillis())
                .put((byte) flags);
        if (block.isFramed()) {
            putResume(target, block.resume());
        }
        if (!block.isDivisible()) {
            block.cursor().put(target);
        }
        target.putShort((short) source.length)
                .put(source)
                .putShort((short) name.length)
                .put(name);
    }

    /**
     * Reads the header at the buffer's position and skips its payload.
     *
     * @throws IllegalArgumentException where the payload does not end within the buffer, as what a good checksum stands
     *     over does; {@link java.nio.BufferUnderflowException} where the header does not
     */
    static BlockHeader get(ByteBuffer from) {
        int payloadBytes = from.getInt();
        int records = from.getInt();
        long first = from.getLong();
        long arrival = from.getLong();
        byte flags = from.get();
        boolean kept = (flags & KEPT) != 0;
        boolean framed = (flags & FRAMED) != 0;
        ResumePoint resume = framed ? getResume(from) : ResumePoint.NONE;
        OpaqueBytes cursor = hasCursor(flags) ? OpaqueBytes.get(from) : OpaqueBytes.NONE;
        String source = EntryCodec.getString(from);
        String name = EntryCodec.getString(from);
        int payload = from.position();
        if (payloadBytes < 0 || payloadBytes > from.remaining()) {
            throw new IllegalArgumentException(
                    "invalid block: " + payloadBytes + " bytes, where " + from.remaining() + " are left");
        }
        from.position(payload + payloadBytes);
        return new BlockHeader(
                new StreamId(source, name, kept),
                first,
                records,
                arrival,
                framed,
                resume,
                cursor,
                payload,
                payloadBytes);
    }

    /** The headers of all blocks of an entry, whose body this is. */
    static List<BlockHeader> all(ByteBuffer body) {
        List<BlockHeader> blocks = new ArrayList<>();
        for (int i = body.getInt(); i > 0; i--) {
            blocks.add(get(body));
        }
        return blocks;
    }

    static void putResume(ByteBuffer target, ResumePoint resume) {
        target.putLong(resume.offset())
                .putLong(resume.topicId().getMostSignificantBits())
                .putLong(resume.topicId().getLeastSignificantBits());
    }

    static ResumePoint getResume(ByteBuffer from) {
        long offset = from.getLong();
        return new ResumePoint(offset, new UUID(from.getLong(), from.getLong()));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
