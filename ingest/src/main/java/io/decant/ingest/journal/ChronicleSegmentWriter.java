package io.decant.ingest.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Fills one segment file. {@link #begin} and {@link #write} belong to the journal's writer, {@link #force} and {@link #close}
 * to the syncer.
 */
final class ChronicleSegmentWriter implements SegmentStore.SegmentWriter {

    /** What Chronicle may put between two documents: its header of the file, and pages of its index. */
    static final int SLACK_BYTES = 64 << 10;

    private static final int PAGE_BYTES = 4 << 10;

    /**
     * An entry this short rarely fills the page that it begins, and a page that is not in the page cache ({@link Zeros}) is then
     * read from the disk first: at a low rate zeros are written ahead. Larger entries overwrite their pages whole.
     */
    private static final int SHORT_BYTES_MAX = 16 << 10;

    private static final int AHEAD_BYTES = 64 << 10;

    /**
     * Chronicle writes the next document's header through its mapping, and that makes all of the piece of page cache dirty in which it
     * lies: a piece as large as the call that wrote it, up to 2 MiB, which the next force then writes once more. So an entry's end
     * is written by itself, from the last multiple of this on, and what is ahead page by page.
     */
    private static final int TAIL_BYTES_MAX = 64 << 10;

    private final ExcerptAppender appender;
    private final long size;
    private final FileChannel channel;
    private final List<Path> directories;
    private boolean directoriesForced;
    private DocumentContext document;
    private long content;
    private int length;
    private long end;
    private ByteBuffer zeros;
    /** End of the zeros that were written ahead. */
    private long aheadTo;

    /**
     * @param size bytes of the file that are preallocated
     * @param directories whose entries must be durable before anything in this segment is
     */
    ChronicleSegmentWriter(ExcerptAppender appender, Path file, long size, List<Path> directories) throws IOException {
        this.appender = appender;
        this.size = size;
        this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.directories = directories;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public long room() {
        return size - end - SLACK_BYTES;
    }

    @Override
    public long begin(int bytes) throws IOException {
        if (bytes > room()) {
            // Behind what is preallocated a full disk would kill the process.
            throw new IOException("an entry of " + bytes + " bytes does not fit into the " + room() + " that are left");
        }
        try {
            document = appender.writingDocument();
            content = document.wire().bytes().writePosition();
            length = bytes;
            return content - Integer.BYTES;
        } catch (RuntimeException | InternalError e) {
            throw new IOException("Chronicle cannot begin an excerpt: " + e.getMessage(), e);
        }
    }

    @Override
    public void write(ByteBuffer[] parts, int count) throws IOException {
        boolean written = false;
        try {
            channel.position(content);
            long tail = Math.min(length, (content + length) % TAIL_BYTES_MAX);
            int next = length > tail ? writeNext(parts, 0, length - tail) : 0;
            if (tail > 0) {
                writeNext(parts, next, tail);
            }
            if (length <= SHORT_BYTES_MAX && content + length + SHORT_BYTES_MAX > aheadTo) {
                zeroAhead(content + length);
            }
            Bytes<?> bytes = document.wire().bytes();
            bytes.writeSkip(length);
            written = true;
        } finally {
            if (!written) {
                document.rollbackOnClose();
            }
            closeDocument();
        }
        end = EntryScanner.after(content - Integer.BYTES, length);
    }

    /** Writes so many bytes of these buffers; returns the last one of which it took any. */
    private int writeNext(ByteBuffer[] parts, int first, long bytes) throws IOException {
        int last = first;
        long before = 0;
        while (before + parts[last].remaining() < bytes) {
            before += parts[last].remaining();
            last++;
        }
        ByteBuffer part = parts[last];
        int limit = part.limit();
        part.limit(part.position() + (int) (bytes - before));
        int next = first;
        for (long left = bytes; left > 0; ) {
            left -= channel.write(parts, next, last + 1 - next);
            while (next < last && !parts[next].hasRemaining()) {
                next++;
            }
        }
        part.limit(limit);
        return last;
    }

    /**
     * Writes zeros behind {@code behind}, from the next page on: that of {@code behind} itself is in the cache. While a document is open only,
     * when it is the last thing in the file: as it ends, Chronicle may put a page of its index behind it.
     */
    private void zeroAhead(long behind) throws IOException {
        if (zeros == null) {
            zeros = ByteBuffer.allocateDirect(PAGE_BYTES);
        }
        long from = Math.max((behind + PAGE_BYTES - 1) & -PAGE_BYTES, aheadTo);
        // Behind what is preallocated there may be no room.
        aheadTo = Math.min(from + AHEAD_BYTES, size & -PAGE_BYTES);
        for (long at = from; at < aheadTo; ) {
            at += channel.write(zeros.clear().limit((int) Math.min(PAGE_BYTES, aheadTo - at)), at);
        }
    }

    private void closeDocument() throws IOException {
        try {
            document.close();
        } catch (RuntimeException | InternalError e) {
            throw new IOException("Chronicle cannot end an excerpt: " + e.getMessage(), e);
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
        if (!directoriesForced) {
            for (Path directory : directories) {
                SegmentFiles.forceDirectory(directory);
            }
            directoriesForced = true;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a segment that is forced already", e);
        }
    }
}
