package io.decant.ingest.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A block as it lies in the journal: its header, by the code that writes it there, then its payload. */
public final class BlockBytes {

    private static final int HEADER_BYTES_MAX = 1024;

    private final byte[] bytes;
    private final int payload;

    /** @param framed whether the payload is frames, not lines */
    public BlockBytes(StreamId stream, long first, int records, long arrivalMillis, byte[] content, boolean framed) {
        ByteBuf held = Unpooled.wrappedBuffer(content);
        Block block = framed
                ? Block.framed(stream, first, records, arrivalMillis, held, ResumePoint.NONE, synced -> {})
                : new Block(stream, first, records, arrivalMillis, held, synced -> {});
        byte[] source = BlockHeader.utf8(stream.source());
        byte[] name = BlockHeader.utf8(stream.name());
        ByteBuffer target =
                ByteBuffer.allocate(HEADER_BYTES_MAX + content.length).order(ByteOrder.LITTLE_ENDIAN);
        BlockHeader.put(target, block, source, name);
        payload = target.position();
        bytes = target.put(content).array();
        block.release();
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Offset of the payload. */
    public int payload() {
        return payload;
    }
}
