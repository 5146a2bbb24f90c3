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
 * Fills one segment file. {@link #begin} and {@link #write} belong to the journal's writer, {@link #force} and
 * {@link #close} to the syncer.
 */
final class ChronicleSegmentWriter implements SegmentStore.SegmentWriter {

    /** What Chronicle may put between two documents: its header of the file, and pages of its index. */
    static final int SLACK_BYTES = 64 << 10;

    static final int PAGE_BYTES = 4 << 10;

    /**
     * An entry this short rarely fills the page that it begins, and a page that is not in the page cache
     * ({@link ZeroFill}) is then read from the disk first: at a low rate zeros are written ahead. Larger entries
     * overwrite their pages whole.
     */
    private static final int SHORT_BYTES_MAX = 16 << 10;

    /**
     * Zeros ahead begin with a page, or with what the next entry needs, and double up to this; a long entry begins
     * this again, since it overwrites what is ahead.
     */
    private static final int AHEAD_BYTES_MAX = 64 << 10;

    /** Shorter ones take a wait for the device each, and save few pages. */
    private static final int DIRECT_BYTES_MIN = 64 << 10;

    /**
     * Chronicle writes the next document's header through its mapping, and that makes all of the piece of page cache
     * dirty in which it lies: a piece as large as the call that wrote it, up to 2 MiB, which the next force then writes
     * once more. So an entry's end is written by itself, from the last multiple of this on, and what is ahead page by
     * page.
     */
    private static final int TAIL_BYTES_MAX = 64 << 10;

    /**
     * Chronicle opens the file when the first document is begun, and looks into its directory. It has to find
     * descriptors then: where it does not, its appender takes the next document for a part of the one that failed.
     */
    private static final int CHRONICLE_DESCRIPTORS = 8;

    private final ExcerptAppender appender;
    private final long size;
    private final Path file;
    private final FileChannel channel;
    private final DirectWriter pastPageCache;
    private final GatheredParts parts = new GatheredParts();
    private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(PAGE_BYTES);
    private final List<Path> directories;
    private boolean directoriesForced;
    /** Whether Chronicle has the file open. */
    private boolean opened;

    private DocumentContext document;
    private long content;
    private int length;
    private long end;
    /** End of the zeros that were written ahead. */
    private long aheadTo;

    private int aheadBytes = PAGE_BYTES;
    private boolean directAsked;
    /** Null where there is no way past the page cache, or none was asked for. */
    private FileChannel direct;

    /**
     * @param size bytes of the file that are preallocated
     * @param directories whose entries must be durable before anything in this segment is
     */
    ChronicleSegmentWriter(
            ExcerptAppender appender, Path file, long size, DirectWriter pastPageCache, List<Path> directories)
            throws IOException {
        this.appender = appender;
        this.file = file;
        this.size = size;
        this.pastPageCache = pastPageCache;
        this.channel =
                FileOpening.awaited(() -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
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
        if (!opened) {
            FileOpening.awaitFree(CHRONICLE_DESCRIPTORS);
            opened = true;
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
    public void write(ByteBuffer[] buffers, int count, boolean readSoon) throws IOException {
        boolean written = false;
        try {
            parts.begin(buffers);
            if (readSoon || length < DIRECT_BYTES_MIN || !openDirect()) {
                writeThroughCache();
            } else {
                writePastCache();
            }
            if (length > SHORT_BYTES_MAX) {
                aheadBytes = PAGE_BYTES;
            } else if (nextEnd() > aheadTo) {
                zeroAhead();
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

    /** Through the page cache, where readers find it. */
    private void writeThroughCache() throws IOException {
        channel.position(content);
        long tail = Math.min(length, (content + length) % TAIL_BYTES_MAX);
        parts.writeTo(channel, length - tail);
        parts.writeTo(channel, tail);
    }

    /**
     * Past the page cache, but for the page in which the entry begins and the one behind its last whole page: Chronicle
     * writes the headers of documents into these, so they had better be in the cache.
     */
    private void writePastCache() throws IOException {
        long from = pageAfter(content);
        long to = (content + length) & -PAGE_BYTES;
        channel.position(content);
        parts.writeTo(channel, from - content);
        pastPageCache.write(parts, direct, from, to);
        parts.copyTo(page.clear(), (int) (content + length - to));
        page.put(zeros.clear().limit(page.remaining())).flip();
        for (long at = to; page.hasRemaining(); ) {
            at += channel.write(page, at);
        }
    }

    /** Opens the way past the page cache when it is first asked for; whether there is one. */
    private boolean openDirect() {
        if (!directAsked) {
            directAsked = true;
            direct = pastPageCache.open(file);
        }
        return direct != null;
    }

    /** Where the next short entry will end, if it is as long as this one, or as a page. */
    private long nextEnd() {
        return content + length + Math.max(PAGE_BYTES, length);
    }

    /**
     * Writes zeros behind the entry, from the next page on: that in which it ends is in the cache. While a document is
     * open only, when it is the last thing in the file: as it ends, Chronicle may put a page of its index behind it.
     */
    private void zeroAhead() throws IOException {
        long from = Math.max(pageAfter(content + length), aheadTo);
        // Behind what is preallocated there may be no room.
        aheadTo = Math.min(Math.max(from + aheadBytes, pageAfter(nextEnd())), size & -PAGE_BYTES);
        aheadBytes = Math.min(2 * aheadBytes, AHEAD_BYTES_MAX);
        for (long at = from; at < aheadTo; ) {
            at += channel.write(zeros.clear().limit((int) Math.min(PAGE_BYTES, aheadTo - at)), at);
        }
    }

    /** The first page that begins at this offset or behind it. */
    private static long pageAfter(long offset) {
        return (offset + PAGE_BYTES - 1) & -PAGE_BYTES;
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
                SegmentFiles.forceDirectoryAwaited(directory);
            }
            directoriesForced = true;
        }
    }

    @Override
    public void close() {
        try {
            try {
                if (direct != null) {
                    direct.close();
                }
            } finally {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a segment that is forced already", e);
        }
    }
}
