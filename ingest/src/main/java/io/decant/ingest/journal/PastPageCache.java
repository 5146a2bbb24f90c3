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
 * Writes whole pages of segments to the disk and leaves nothing of them in the page cache (O_DIRECT), for entries that nobody is
 * about to read. What was written has reached the device, and still takes a force to be on stable storage. The bytes are copied once,
 * since the device wants them aligned. Owned by one thread.
 *
 * <p>Of a page that is also written through the cache, or through a mapping, the kernel first writes and drops what is there, and it
 * is read from the disk when it is touched again: such a page should not be among these.
 */
final class PastPageCache {

    /** Longest write. */
    private static final int BUFFER_BYTES = 1 << 20;

    /** Where the file system has larger blocks, the pieces at an entry's ends would be too long to be worth it. */
    private static final int BLOCK_BYTES_MAX = ChronicleSegmentWriter.PAGE_BYTES;

    private static final Logger log = LoggerFactory.getLogger(PastPageCache.class);

    /** Made when it is needed: where sinks keep up it never is. */
    private ByteBuffer buffer;

    /** Opens a file that exists for {@link #write}; null where its file system has no way past the page cache. */
    FileChannel open(Path file) throws IOException {
        if (Files.getFileStore(file).getBlockSize() > BLOCK_BYTES_MAX) {
            log.debug("journal: {} is written through the page cache: its disk has large blocks", file);
            return null;
        }
        try {
            return FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | FileSystemException e) {
            log.debug("journal: {} is written through the page cache: {}", file, e.toString());
            return null;
        }
    }

    /**
     * Writes whole pages.
     *
     * @param parts of which so many bytes are taken
     * @param channel from {@link #open}
     * @param from where in the file, a multiple of a page
     * @param to where it ends, another one
     */
    void write(GatheredParts parts, FileChannel channel, long from, long to) throws IOException {
        if (buffer == null) {
            int page = ChronicleSegmentWriter.PAGE_BYTES;
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES + page).alignedSlice(page);
        }
        for (long at = from; at < to; ) {
            int bytes = (int) Math.min(BUFFER_BYTES, to - at);
            parts.copyTo(buffer.clear(), bytes);
            for (buffer.flip(); buffer.hasRemaining(); ) {
                at += channel.write(buffer, at);
            }
        }
    }
}
