package io.decant.offload.staging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes one block file. Payloads may be direct or mapped: they go through one buffer of the heap, since that is what
 * Hadoop's streams take.
 *
 * <p>Owned by one thread. The stream is the caller's, who syncs and closes it.
 */
public final class BlockFileWriter {

    private static final int BUFFER_BYTES = 256 * 1024;

    private final String name;
    private final OutputStream out;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long bytes;
    private long records;
    private int blocks;

    /**
     * Begins a file.
     *
     * @param name the file's name within its batch's directory
     */
    public BlockFileWriter(String name, OutputStream out) throws IOException {
        this.name = name;
        this.out = out;
        put(ByteBuffer.allocate(BlockFormat.MAGIC_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(BlockFormat.MAGIC)
                .flip());
    }

    /** Whether one block more stays within the limits; the first one always does. */
    public boolean hasRoomFor(int blockRecords, int payloadBytes, BlockFileLimits limits) {
        return blocks == 0 || (records + blockRecords <= limits.records() && bytes + payloadBytes <= limits.bytes());
    }

    /**
     * Appends a block.
     *
     * @param payload read from its position to its limit, both of which stay
     */
    public void append(StagedBlock block, ByteBuffer payload) throws IOException {
        int length = payload.remaining();
        if (block.records() < 1 || length < block.records()) {
            throw new IllegalArgumentException(
                    "invalid block: " + block.records() + " records in " + length + " bytes");
        }
        put(BlockFormat.header(block, length));
        put(payload.duplicate());
        records += block.records();
        blocks++;
    }

    /** Records of the blocks so far. */
    public long records() {
        return records;
    }

    private void put(ByteBuffer from) throws IOException {
        bytes += from.remaining();
        while (from.hasRemaining()) {
            int length = Math.min(from.remaining(), buffer.length - buffered);
            from.get(buffer, buffered, length);
            buffered += length;
            if (buffered == buffer.length) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        crc.update(buffer, 0, buffered);
        out.write(buffer, 0, buffered);
        buffered = 0;
    }

    /** Hands the rest to the stream. Nothing may be appended afterwards. */
    public StagedFile finish() throws IOException {
        flush();
        return new StagedFile(name, bytes, records, blocks, (int) crc.getValue());
    }
}
