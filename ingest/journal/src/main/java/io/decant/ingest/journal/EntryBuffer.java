package io.decant.ingest.journal;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The bytes of the entry that is being written, as the buffers of one gathering write. Headers are put together here,
 * and what is short is copied beside them; long payloads stay where they are. Owned by the writer's thread.
 */
final class EntryBuffer {

    /**
     * Payloads up to this length are copied beside their headers: one more buffer in the gathering write costs as much.
     */
    private static final int COPIED_BYTES_MAX = 8 << 10;
    /** Longest header of a block, without a cursor: names of full length, and what stands beside them. */
    private static final int BLOCK_HEADER_BYTES_MAX = StreamId.SOURCE_BYTES_MAX + StreamId.NAME_BYTES_MAX + 64;
    /** Pieces of one block's payload: what was carried over and what was read. */
    private static final int PIECES_MAX = 4;

    private final int headersBytesMax;
    private final ByteBuffer scratch;
    private final ByteBuffer[] parts;
    /** Where the entry is put together: the scratch buffer, or one of its own for a long one that is seldom written. */
    private ByteBuffer whole;

    private int partCount;
    private int format;

    EntryBuffer(GroupLimits limits) {
        headersBytesMax = EntryCodec.HEADER_BYTES
                + Integer.BYTES
                + limits.blocksMax() * BLOCK_HEADER_BYTES_MAX
                + EntryCodec.ALIGNMENT;
        scratch = direct(headersBytesMax + Math.max(limits.bytesMax(), Block.CURSOR_BYTES_MAX));
        parts = new ByteBuffer[limits.blocksMax() * (1 + PIECES_MAX) + 1];
    }

    /** Bytes of an entry of blocks beside their payloads and cursors, at the most. */
    int headersBytesMax() {
        return headersBytesMax;
    }

    ByteBuffer[] parts() {
        return parts;
    }

    int partCount() {
        return partCount;
    }

    /** The lowest format that can say what the entry says. */
    int format() {
        return format;
    }

    /** Begins an entry; what is put into the buffer that this returns follows its header. */
    ByteBuffer begin(int entryFormat) {
        return begin(entryFormat, 0);
    }

    /** The same where so many bytes will follow the header. */
    ByteBuffer begin(int entryFormat, int bytes) {
        release();
        format = entryFormat;
        int length = EntryCodec.align(EntryCodec.HEADER_BYTES + bytes);
        whole = length <= scratch.capacity() ? scratch.clear() : direct(length);
        return whole.position(EntryCodec.HEADER_BYTES);
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Ends an entry that lies in the buffer as a whole; returns its length. */
    int end() {
        int length = whole.position();
        while (length % EntryCodec.ALIGNMENT != 0) {
            whole.put((byte) 0);
            length++;
        }
        addPart(whole.slice(0, length));
        return length;
    }

    /** Makes these blocks the entry; returns its length. */
    int put(List<Block> blocks) {
        begin(EntryCodec.FORMAT_FIRST).putInt(blocks.size());
        int mark = 0;
        int length = 0;
        int cursorBytes = cursorBytes(blocks);
        for (Block block : blocks) {
            BlockHeader.put(
                    scratch,
                    block,
                    BlockHeader.utf8(block.stream().source()),
                    BlockHeader.utf8(block.stream().name()));
            cursorBytes -= block.cursor().length();
            ByteBuf payload = block.payload();
            int bytes = block.bytes();
            if (bytes <= COPIED_BYTES_MAX && scratch.remaining() >= bytes + headersBytesMax + cursorBytes) {
                int from = scratch.position();
                payload.getBytes(payload.readerIndex(), scratch.slice(from, bytes));
                scratch.position(from + bytes);
            } else {
                addPart(scratch.slice(mark, scratch.position() - mark));
                mark = scratch.position();
                for (ByteBuffer piece : payload.nioBuffers()) {
                    addPart(piece);
                }
                length += bytes;
            }
        }
        length += scratch.position();
        for (int pad = EntryCodec.align(length) - length; pad > 0; pad--) {
            scratch.put((byte) 0);
            length++;
        }
        if (scratch.position() > mark) {
            addPart(scratch.slice(mark, scratch.position() - mark));
        }
        return length;
    }

    /** Of all these blocks; an entry that holds a cursor is one of format 2. */
    private int cursorBytes(List<Block> blocks) {
        int bytes = 0;
        for (Block block : blocks) {
            if (!block.isDivisible()) {
                bytes += block.cursor().encodedBytes();
                format = EntryCodec.FORMAT;
            }
        }
        return bytes;
    }

    private void addPart(ByteBuffer part) {
        parts[partCount++] = part.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Lets go of the payloads. */
    void release() {
        for (int i = 0; i < partCount; i++) {
            parts[i] = null;
        }
        partCount = 0;
        whole = null;
    }
}
