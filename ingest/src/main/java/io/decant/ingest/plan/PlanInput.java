package io.decant.ingest.plan;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import io.decant.bucketer.Transformer;
import io.decant.offload.lines.InputForm;
import io.decant.offload.lines.LineStream;
import io.decant.offload.lines.UnreadableInputException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Inputs one after another, as one batch. A file of lines is mapped, read-only, a window at a time; what is packed or
 * no plain file is read into memory off the heap. What stands after the last newline of an input is a record too; it
 * gets its newline on a copy.
 *
 * <p>A file must not be shortened by others until this is closed: reading a mapped file that was shortened ends the
 * process. Owned by one thread.
 */
public final class PlanInput implements AutoCloseable {

    /** Of a file at a time; also the longest record. */
    private static final int WINDOW_BYTES = 1 << 30;
    /** Pieces that threads share out among themselves. */
    private static final int CHUNK_BYTES = 1 << 20;
    /** What a stream is read into. */
    private static final int BLOCK_BYTES = 4 << 20;

    private static final int READ_BYTES = 1 << 16;
    private static final byte NEWLINE = '\n';

    private final Chunks chunks = new Chunks();
    private final List<Region> regions = new ArrayList<>();
    private final List<MappedByteBuffer> windows = new ArrayList<>();
    private final List<Region> blocks = new ArrayList<>();
    /** The block that records are appended to; null: none. */
    private Region open;

    private long appended;
    private final int windowBytes;
    private final int chunkBytes;
    private final int blockBytes;

    /** Memory from {@code address}. */
    private record Region(long address, long length) {}

    /** Without inputs yet. */
    public PlanInput() {
        this(WINDOW_BYTES, CHUNK_BYTES, BLOCK_BYTES);
    }

    /** With sizes that let small inputs go the ways of large ones; none is less than 2. */
    PlanInput(int windowBytes, int chunkBytes, int blockBytes) {
        this.windowBytes = windowBytes;
        this.chunkBytes = chunkBytes;
        this.blockBytes = blockBytes;
    }

    /**
     * Appends the records of a file, unpacked where it is gzip or zstd.
     *
     * @throws PlanException when it cannot be read, or is more than a batch can hold
     */
    public void add(Path file) {
        try {
            if (Files.isRegularFile(file)) {
                addRegular(file);
            } else if (Files.isDirectory(file)) {
                throw new PlanException(file + ": is a folder; name the files in it");
            } else {
                try (InputStream in = Files.newInputStream(file)) {
                    add(in, file.toString());
                }
            }
        } catch (NoSuchFileException e) {
            throw new PlanException(file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new PlanException(file + ": permission denied; it must be readable to you", e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private void addRegular(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(InputForm.HEAD_BYTES);
            for (int read = 0; read >= 0 && head.hasRemaining(); ) {
                read = channel.read(head, head.position());
            }
            if (InputForm.of(file.toString(), head.array(), head.position()) == InputForm.LINES) {
                map(channel, file);
            } else {
                add(Channels.newInputStream(channel), file.toString());
            }
        }
    }

    private static PlanException unreadable(String name, IOException e) {
        if (e instanceof UnreadableInputException known) {
            return new PlanException(known.getMessage(), known);
        }
        return new PlanException(name + ": cannot be read: " + e.getMessage(), e);
    }

    private void map(FileChannel channel, Path file) throws IOException {
        long size = channel.size();
        long at = 0;
        while (at < size) {
            long length = Math.min(windowBytes, size - at);
            MappedByteBuffer window = channel.map(FileChannel.MapMode.READ_ONLY, at, length);
            windows.add(window);
            long address = Memory.addressOf(window);
            long whole = wholeLines(address, length);
            take(address, whole, file.toString());
            if (at + length == size) {
                takeUnended(address + whole, length - whole, file.toString());
                return;
            }
            if (whole == 0) {
                throw tooLong(file.toString());
            }
            at += whole;
        }
    }

    private void takeUnended(long address, long length, String name) {
        if (length > 0) {
            Region copy = allocate(length + 1);
            Memory.copy(address, copy.address, length);
            Memory.putByte(copy.address + length, NEWLINE);
            take(copy.address, copy.length, name);
        }
    }

    /**
     * Appends the records of a stream, unpacked where it is gzip or zstd; reads it to its end, and leaves it open.
     *
     * @param name what an error shall name it by
     * @throws PlanException when it cannot be read, or is more than a batch can hold
     */
    public void add(InputStream in, String name) {
        InputStream kept = new FilterInputStream(in) {
            @Override
            public void close() {
                // The caller opened it, and closes it.
            }
        };
        try (InputStream lines = LineStream.of(kept, name)) {
            addLines(lines, name);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private void addLines(InputStream in, String name) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        Region block = allocate(blockBytes);
        long filled = 0;
        // The last byte of a block is kept free for the newline of an unended record.
        for (int n = 0; n >= 0; n = in.read(buffer, 0, (int) Math.min(buffer.length, block.length - 1 - filled))) {
            Memory.copyFromArray(buffer, 0, n, block.address + filled);
            filled += n;
            if (filled == block.length - 1) {
                long whole = wholeLines(block.address, filled);
                take(block.address, whole, name);
                Region full = block;
                block = allocate(whole > 0 ? Math.max(blockBytes, 2 * (filled - whole)) : longer(block, name));
                Memory.copy(full.address + whole, block.address, filled - whole);
                filled -= whole;
                if (whole == 0) {
                    free(full);
                }
            }
        }
        long whole = wholeLines(block.address, filled);
        if (whole < filled) {
            Memory.putByte(block.address + filled, NEWLINE);
            whole = filled + 1;
        }
        take(block.address, whole, name);
    }

    private long longer(Region block, String name) {
        if (block.length >= windowBytes) {
            throw tooLong(name);
        }
        return 2 * block.length;
    }

    private PlanException tooLong(String name) {
        return new PlanException(
                name + ": holds a record of more than " + windowBytes + " bytes; records are lines: is it a text?");
    }

    private static long wholeLines(long address, long length) {
        long newline = Lines.lastNewline(address, length);
        return newline == Lines.NONE ? 0 : newline + 1 - address;
    }

    /** Takes complete lines, in pieces. */
    private void take(long address, long length, String name) {
        if (length == 0) {
            return;
        }
        regions.add(new Region(address, length));
        long end = address + length;
        for (long at = address; at < end; ) {
            long limit = Math.min(at + chunkBytes, end);
            long newline = Lines.lastNewline(at, limit - at);
            long next = 1 + (newline == Lines.NONE ? Lines.nextNewline(limit, end) : newline);
            int records = (int) Lines.count(at, next - at);
            if (chunks.records() + records > Chunks.RECORDS_MAX) {
                throw new PlanException(name + ": more than " + Chunks.RECORDS_MAX
                        + " records in all, which is more than a batch can hold; plan fewer at a time");
            }
            chunks.add(at, (int) (next - at), records, chunks.size());
            at = next;
        }
    }

    /** What the records of another input become by a transform, copied into memory; failed ones are left out. */
    public void addTransformed(PlanInput from, Transformer transformer) {
        from.forEachRecord((address, length) -> {
            int count = transformer.transform(address, length);
            for (int i = 0; i < count; i++) {
                append(transformer.address(i), transformer.length(i));
            }
        });
        takeAppended();
    }

    private void append(long address, int length) {
        if (open == null || open.length - appended < length + 1L) {
            takeAppended();
            open = allocate(Math.max(blockBytes, length + 1L));
        }
        Memory.copy(address, open.address + appended, length);
        Memory.putByte(open.address + appended + length, NEWLINE);
        appended += length + 1L;
    }

    private void takeAppended() {
        if (open != null) {
            take(open.address, appended, "what the records become");
            open = null;
            appended = 0;
        }
    }

    /** All records; good until this is closed. */
    public Chunks chunks() {
        return chunks;
    }

    /** Shows every record, in order of arrival. */
    void forEachRecord(RecordVisitor visitor) {
        for (Region region : regions) {
            long end = region.address + region.length;
            for (long at = region.address; at < end; ) {
                long newline = Lines.nextNewline(at, end);
                visitor.record(at, (int) (newline - at));
                at = newline + 1;
            }
        }
    }

    private Region allocate(long bytes) {
        Region block = new Region(Memory.allocate(bytes), bytes);
        blocks.add(block);
        return block;
    }

    private void free(Region block) {
        blocks.remove(block);
        Memory.free(block.address, block.length);
    }

    /** Lets go of all files and memory. Again: nothing. */
    @Override
    public void close() {
        chunks.close();
        windows.forEach(Memory::unmap);
        windows.clear();
        blocks.forEach(block -> Memory.free(block.address, block.length));
        blocks.clear();
        regions.clear();
    }

    /** Takes records one after another, as they arrive. */
    @FunctionalInterface
    interface RecordVisitor {

        /**
         * @param address where the record begins
         * @param length its bytes, without its newline
         */
        void record(long address, int length);
    }

    /** An input that cannot be planned; the message is one line that says what, where, and the way out. */
    public static final class PlanException extends RuntimeException {

        PlanException(String message) {
            super(message);
        }

        PlanException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
