package io.decant.ingest.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments as files of Chronicle queues, one queue for each start of the server. Chronicle frames and indexes the
 * documents; the payload goes through a second descriptor of the same file, since writing costs less in the force than
 * a mapping does, and the force goes through it as well.
 */
public final class ChronicleSegmentStore implements SegmentStore {

    /** Smallest segment: Chronicle's index and the reserve for marks must be small beside it. */
    public static final long SEGMENT_BYTES_MIN = 8L << 20;
    /** Largest segment: it is mapped whole, through one byte buffer. */
    public static final long SEGMENT_BYTES_MAX = 1L << 30;

    /** What Chronicle keeps of a queue lies in the first chunk that it maps of this file. */
    private static final int METADATA_BYTES = 64 << 10;
    /**
     * Entries of a page of Chronicle's index. Two pages stand at the head of each segment, of which every start begins
     * one, so they are kept small; with one excerpt in 256 indexed there is room for 16 million in a segment.
     */
    private static final int INDEX_COUNT = 256;

    /**
     * Chronicle maps this part of a block beyond its end; the file is as long from the start, so that no force has to
     * save its size.
     */
    private static final long OVERLAP_DIVISOR = 4;

    private static final Logger log = LoggerFactory.getLogger(ChronicleSegmentStore.class);

    private final SegmentFiles files;
    private final long segmentSize;
    private final NavigableMap<Long, Path> paths = new ConcurrentSkipListMap<>();
    private volatile Path run;
    private final DirectWriter pastPageCache = new DirectWriter();
    private ChronicleQueue queue;
    private ExcerptAppender appender;
    private volatile long current;
    private volatile Prepared prepared;
    private final MappedSegments mapped = new MappedSegments();
    private long generation;

    /** @param size bytes from the beginning of the file that are preallocated */
    private record Prepared(Path path, long size) {}

    /**
     * Looks at what is under {@code dataDir/journal}, which is made if it is not there. The caller holds the
     * directory's lock.
     *
     * @param segmentSize bytes of a segment, from {@link #SEGMENT_BYTES_MIN} to {@link #SEGMENT_BYTES_MAX}
     */
    public ChronicleSegmentStore(Path dataDir, long segmentSize) throws IOException {
        if (segmentSize < SEGMENT_BYTES_MIN || segmentSize > SEGMENT_BYTES_MAX) {
            throw new IllegalArgumentException("a segment of " + segmentSize + " bytes");
        }
        this.files = new SegmentFiles(dataDir);
        this.segmentSize = segmentSize & -4096L;
        if (!Files.isDirectory(files.journal())) {
            OwnerOnly.createDurably(files.journal().toAbsolutePath(), dataDir.toAbsolutePath());
        }
        files.removeLeftovers();
        paths.putAll(files.segments());
    }

    @Override
    public long segmentSize() {
        return segmentSize;
    }

    @Override
    public List<Long> existing() {
        return new ArrayList<>(paths.keySet());
    }

    @Override
    public String describe(long segment) {
        Path path = paths.get(segment);
        return path == null ? "segment " + segment + " (" + SegmentNames.fileName(segment) + ")" : path.toString();
    }

    @Override
    public SegmentView view(long segment) throws IOException {
        return mapped.map(path(segment), SEGMENT_BYTES_MAX);
    }

    @Override
    public boolean unload(long bytesMin) {
        return mapped.unload(bytesMin);
    }

    @Override
    public void wasRead(long bytes) {
        mapped.wasRead(bytes);
    }

    @Override
    public void whenMuchRead(Runnable told) {
        mapped.whenMuchRead(told);
    }

    @Override
    public void whenMapped(Runnable told) {
        mapped.whenMapped(told);
    }

    @Override
    public String truncate(long segment, long length) throws IOException {
        Path path = path(segment);
        // The zeros first: the copy of what is not may need the room.
        SegmentFiles.cutOffZeros(path, length);
        String kept = keepOrSay(path, () -> files.keepTail(segment, path, length));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.force(true);
        }
        return kept;
    }

    @Override
    public void force(long segment, long from, long to) throws IOException {
        Path path = path(segment);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            SegmentFiles.writeAgain(channel, from, to);
            channel.force(true);
        }
        // The process that gave it its name may have been killed before it forced that.
        SegmentFiles.forceDirectory(path.getParent());
    }

    @Override
    public String setAside(long segment) throws IOException {
        Path path = path(segment);
        String kept = keepOrSay(path, () -> files.setAside(segment, path));
        if (Files.deleteIfExists(path)) {
            SegmentFiles.forceDirectory(path.getParent());
        }
        paths.remove(segment);
        return kept;
    }

    @Override
    public void remove(long segment) throws IOException {
        Path path = path(segment);
        Files.delete(path);
        // Before its directory goes as well: there must never be two of one number.
        SegmentFiles.forceDirectory(path.getParent());
        paths.remove(segment);
        files.removeRunIfEmpty(path.getParent());
    }

    private interface Keeping {
        String keep() throws IOException;
    }

    /**
     * A copy of what was never acknowledged is tried once: on a full disk the server has to start
     * without.
     */
    private static String keepOrSay(Path path, Keeping keeping) {
        try {
            return keeping.keep();
        } catch (IOException e) {
            log.warn(
                    "journal: unacknowledged data of {} cannot be kept under salvage and is dropped: {}",
                    path,
                    e.toString());
            return "";
        }
    }

    @Override
    public boolean prepared() {
        return prepared != null;
    }

    @Override
    public void prepare() throws IOException {
        prepare(segmentSize);
    }

    @Override
    public void prepareShort(long bytes) throws IOException {
        prepare(Math.min(segmentSize, bytes + ChronicleSegmentWriter.SLACK_BYTES));
    }

    private void prepare(long size) throws IOException {
        if (prepared != null) {
            return;
        }
        if (run == null) {
            prepareRun();
        }
        Path path = files.preparedPath(++generation);
        try (FileChannel channel = OwnerOnly.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ZeroFill.fill(path, channel, size);
            // One byte at the very end makes the file as long as Chronicle will want it; the gap costs no space.
            long length = segmentSize + segmentSize / OVERLAP_DIVISOR;
            channel.write(ByteBuffer.allocate(1), length - 1);
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        SegmentFiles.forceDirectory(files.journal());
        prepared = new Prepared(path, size);
    }

    /**
     * Makes the directory of this start's segments, and in it the file that Chronicle maps for itself: it would make
     * that one sparse, and writing to a mapping for which a full disk has no block kills the process.
     */
    private void prepareRun() throws IOException {
        Path fresh = files.createRun();
        Path metadata = fresh.resolve(SegmentFiles.METADATA);
        try (FileChannel channel = OwnerOnly.open(metadata, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ZeroFill.fill(metadata, channel, METADATA_BYTES);
            channel.force(true);
        } catch (IOException e) {
            files.removeRunIfEmpty(fresh);
            throw e;
        }
        run = fresh;
    }

    @Override
    public SegmentWriter activate(long segment) throws IOException {
        Prepared next = prepared;
        if (next == null) {
            throw new IOException("no segment is preallocated");
        }
        current = segment;
        if (queue == null) {
            queue = SingleChronicleQueueBuilder.binary(run)
                    .rollCycle(SegmentNames.CYCLE)
                    .timeProvider(() -> SegmentNames.cycleMillis(current))
                    .blockSize(segmentSize)
                    .indexCount(INDEX_COUNT)
                    .syncMode(SyncMode.NONE)
                    .build();
            // Before there is a file: in one that is all zeros a new appender waits 10 s for a header of another
            // process.
            appender = queue.createAppender();
            appender.singleThreadedCheckDisabled(true);
        }
        Path path = run.resolve(SegmentNames.fileName(segment));
        Files.move(next.path(), path, StandardCopyOption.ATOMIC_MOVE);
        prepared = null;
        paths.put(segment, path);
        return new ChronicleSegmentWriter(appender, path, next.size(), pastPageCache, List.of(run, files.journal()));
    }

    @Override
    public void delete(long segment) throws IOException {
        Path path = path(segment);
        Files.delete(path);
        paths.remove(segment);
        if (!path.getParent().equals(run)) {
            files.removeRunIfEmpty(path.getParent());
        } else if (queue != null) {
            try {
                queue.refreshDirectoryListing();
            } catch (RuntimeException e) {
                throw new IOException("cannot tell Chronicle that " + path + " was removed: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public long freeBytes() throws IOException {
        try {
            return Files.getFileStore(files.journal()).getUsableSpace();
        } catch (IOException e) {
            // Below a chroot the table of mounts may not have the directory's own, which this does not ask for.
            long free = files.journal().toFile().getUsableSpace();
            if (free == 0) {
                throw e;
            }
            return free;
        }
    }

    private Path path(long segment) throws NoSuchFileException {
        Path path = paths.get(segment);
        if (path == null) {
            throw new NoSuchFileException("journal segment " + segment);
        }
        return path;
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
        Prepared unused = prepared;
        if (unused != null) {
            prepared = null;
            try {
                Files.deleteIfExists(unused.path());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove " + unused.path(), e);
            }
        }
    }
}
