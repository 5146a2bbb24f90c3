package io.decant.ingest.journal;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Preallocates a file by writing zeros: unlike a reserved extent, a written one costs the force that covers its
 * overwriting no change of the file system's own records.
 *
 * <p>The zeros go past the page cache where the file system allows it (O_DIRECT). They are never read, and filling
 * fresh pages with them was measured to cost more CPU time than all else that a server does for a record.
 */
final class ZeroFill {

    private static final int DIRECT_PIECE_BYTES = 1 << 20;

    /**
     * Through the page cache in smaller pieces: pages that were written in larger ones were measured to be slower to
     * overwrite.
     */
    private static final int CACHED_PIECE_BYTES = 64 << 10;

    private static final Logger log = LoggerFactory.getLogger(ZeroFill.class);

    private ZeroFill() {}

    /**
     * Writes zeros to the first {@code bytes} of a file; they are not forced.
     *
     * @param channel open for writing on the same file
     * @throws IOException above all where the disk is full
     */
    static void fill(Path path, FileChannel channel, long bytes) throws IOException {
        long filled = fillDirectly(path, bytes);
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(CACHED_PIECE_BYTES, bytes));
        fill(channel, zeros, filled, bytes);
    }

    /** Returns how many bytes it filled: whole blocks, or nothing where there is no way past the page cache. */
    private static long fillDirectly(Path path, long bytes) throws IOException {
        try (FileChannel direct = openDirectly(path)) {
            if (direct == null) {
                return 0;
            }
            int block = blockBytes(path);
            if (block == 0) {
                return 0;
            }
            long whole = bytes - bytes % block;
            ByteBuffer zeros =
                    ByteBuffer.allocateDirect(DIRECT_PIECE_BYTES + block).alignedSlice(block);
            fill(
                    direct,
                    zeros.limit(zeros.capacity() - zeros.capacity() % block).slice(),
                    0,
                    whole);
            return whole;
        }
    }

    /** Of its disk; 0 where it cannot be told, as below a chroot, whose table of mounts may not have it. */
    private static int blockBytes(Path path) {
        try {
            return Math.toIntExact(Files.getFileStore(path).getBlockSize());
        } catch (IOException e) {
            log.debug("journal: zeros for {} go through the page cache: {}", path, e.toString());
            return 0;
        }
    }

    private static FileChannel openDirectly(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | FileSystemException e) {
            log.debug("journal: zeros for {} go through the page cache: {}", path, e.toString());
            return null;
        }
    }

    private static void fill(FileChannel channel, ByteBuffer zeros, long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            at += channel.write(zeros.clear().limit((int) Math.min(zeros.capacity(), to - at)), at);
        }
    }
}
