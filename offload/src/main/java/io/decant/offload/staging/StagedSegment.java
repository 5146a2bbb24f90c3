package io.decant.offload.staging;

import io.decant.bucketer.Memory;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A block file in native memory, checked against what its batch says of it. Owned by the thread that reads it, which
 * closes it; the blocks' memory goes with it.
 */
public final class StagedSegment implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 * 1024;

    private final StagedFile file;
    private long address;

    private StagedSegment(StagedFile file, long address) {
        this.file = file;
        this.address = address;
    }

    /**
     * Reads a block file from its beginning; the stream stays open.
     *
     * @throws StagingFormatException when it is not the file that {@code file} describes
     */
    public static StagedSegment read(InputStream in, StagedFile file) throws IOException {
        if (file.bytes() < BlockFormat.MAGIC_BYTES) {
            throw new StagingFormatException(file.name() + " is said to have " + file.bytes() + " bytes");
        }
        StagedSegment segment = new StagedSegment(file, Memory.allocate(file.bytes()));
        try {
            segment.fill(in);
            return segment;
        } catch (Throwable e) {
            segment.close();
            throw e;
        }
    }

    private void fill(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        CRC32C crc = new CRC32C();
        for (long filled = 0; filled < file.bytes(); ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, file.bytes() - filled));
            if (read < 0) {
                throw new EOFException(file.name() + " ends after " + filled + " of " + file.bytes() + " bytes");
            }
            crc.update(buffer, 0, read);
            Memory.copyFromArray(buffer, 0, read, address + filled);
            filled += read;
        }
        if ((int) crc.getValue() != file.crc32c()) {
            throw new StagingFormatException(file.name() + " is corrupt: its CRC32C does not match");
        }
        if (Memory.getLongLittleEndian(address) != BlockFormat.MAGIC) {
            throw new StagingFormatException(file.name() + " is not a block file of this version");
        }
        checkBlocks();
    }

    /** A checksum says nothing of who wrote the file, and what follows reads native memory by its lengths. */
    private void checkBlocks() throws StagingFormatException {
        StagedBlockView block = new StagedBlockView();
        long end = address + file.bytes();
        for (long at = address + BlockFormat.MAGIC_BYTES;
                at < end;
                at = block.payloadAddress() + block.payloadBytes()) {
            if (!block.setWithin(at, end)) {
                throw new StagingFormatException(file.name() + " has no whole block at offset " + (at - address));
            }
        }
    }

    /** Shows every block, in order of arrival. */
    public void forEachBlock(Consumer<StagedBlockView> visitor) {
        StagedBlockView block = new StagedBlockView();
        long end = address + file.bytes();
        for (long at = address + BlockFormat.MAGIC_BYTES;
                at < end;
                at = block.payloadAddress() + block.payloadBytes()) {
            block.set(at);
            visitor.accept(block);
        }
    }

    /**
     * Turns a view to the block whose header begins at {@code headerAddress}, as {@link #forEachBlock} has shown it.
     */
    public void show(StagedBlockView view, long headerAddress) {
        assert headerAddress >= address + BlockFormat.MAGIC_BYTES && headerAddress < address + file.bytes();
        view.set(headerAddress);
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        if (address != 0) {
            Memory.free(address, file.bytes());
            address = 0;
        }
    }
}
