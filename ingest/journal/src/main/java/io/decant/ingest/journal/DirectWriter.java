package io.decant.ingest.journal;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes whole pages of segments to the disk and leaves nothing of them in the page cache (O_DIRECT), for entries that
 * are not read soon. What was written has reached the device, and still takes a force to be on stable storage.
 * The bytes are copied once, since the device wants them aligned. Owned by one thread.
 *
 * <p>What the cache has of such a page, the kernel first writes and drops: zeros that were written ahead of short
 * entries, at times. A page that is touched again later, through the cache or a mapping, should not be among these: it
 * would be read from the disk.
 */
final class DirectWriter {

    /** Longest write. */
    private static final int BUFFER_BYTES = 1 << 20;

    /** A disk with larger blocks wants larger pieces than our pages. */
    private static final int BLOCK_BYTES_MAX = ChronicleSegmentWriter.PAGE_BYTES;

    private static final Logger log = LoggerFactory.getLogger(DirectWriter.class);

    /** Made when it is needed: where sinks keep up it never is. */
    private ByteBuffer buffer;

    /** Opens a file that exists for {@link #write}; null where its file system has no way past the page cache. */
    FileChannel open(Path file) {
        try {
            if (Files.getFileStore(file).getBlockSize() > BLOCK_BYTES_MAX) {
                log.debug("journal: {} is written through the page cache: its disk has large blocks", file);
                return null;
            }
            return FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException | IOException e) {
            // What is wrong with the file itself, the write through the cache will say.
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
