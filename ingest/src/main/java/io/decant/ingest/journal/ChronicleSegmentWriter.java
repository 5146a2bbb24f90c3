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

    /**
     * An entry this short rarely fills the page that it begins, and a page that is not in the page cache ({@link Zeros}) is then
     * read from the disk first: at a low rate these are read ahead. Larger entries overwrite their pages whole.
     */
    private static final int SHORT_BYTES_MAX = 16 << 10;

    private static final int READ_AHEAD_BYTES = 64 << 10;

    private final ExcerptAppender appender;
    private final long size;
    private final FileChannel channel;
    private final List<Path> directories;
    private boolean directoriesForced;
    private DocumentContext document;
    private long content;
    private int length;
    private long end;
    private ByteBuffer readAhead;
    private long readTo;

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
            long left = length;
            int first = 0;
            while (left > 0) {
                left -= channel.write(parts, first, count - first);
                while (first < count && !parts[first].hasRemaining()) {
                    first++;
                }
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
        if (length <= SHORT_BYTES_MAX && end + SHORT_BYTES_MAX > readTo) {
            readAhead();
        }
    }

    private void readAhead() throws IOException {
        if (readAhead == null) {
            readAhead = ByteBuffer.allocateDirect(READ_AHEAD_BYTES);
        }
        long from = Math.max(end, readTo);
        channel.read(readAhead.clear(), from);
        readTo = from + READ_AHEAD_BYTES;
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
