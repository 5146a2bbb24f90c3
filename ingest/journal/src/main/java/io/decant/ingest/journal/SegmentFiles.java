package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal's files and directories by name, and what makes their entries durable. */
final class SegmentFiles {

    /** What Chronicle keeps of a queue beside its segments. */
    static final String METADATA = "metadata.cq4t";

    private static final String RUN_PREFIX = "run-";
    private static final Pattern RUN = Pattern.compile(RUN_PREFIX + "[0-9]{8,18}");
    private static final Logger log = LoggerFactory.getLogger(SegmentFiles.class);
    private static final String PREPARED_PREFIX = "next-";
    private static final int COPY_BYTES = 1 << 20;
    /** Begins the names of what recovery kept of data that was never acknowledged. */
    private static final String UNSYNCED_PREFIX = "unsynced-";
    /**
     * So much of it is kept beside the newest piece: it is there to be looked at, and a server that is killed again and
     * again must not fill its disk with it.
     */
    private static final long UNSYNCED_BYTES_MAX = 1 << 20;
    /** Disk space comes in such pieces. */
    private static final int PAGE_BYTES = 4096;

    private final Path journal;
    private final Path salvage;

    SegmentFiles(Path dataDir) {
        this.journal = dataDir.resolve("journal");
        this.salvage = dataDir.resolve("salvage");
    }

    Path journal() {
        return journal;
    }

    /** All segments of all runs, by number. */
    NavigableMap<Long, Path> segments() throws IOException {
        NavigableMap<Long, Path> found = new TreeMap<>();
        for (Path file : files()) {
            if (!Files.isRegularFile(file)) {
                throw new JournalException(
                        JournalException.Kind.DAMAGED,
                        "journal: " + file
                                + " is not a file; see 'decant journal verify', then 'decant journal repair'");
            }
            Path other = found.put(SegmentNames.number(file), file);
            if (other != null) {
                throw new JournalException(
                        JournalException.Kind.DAMAGED,
                        "journal: segment " + SegmentNames.number(file) + " exists twice, as " + other + " and " + file
                                + "; remove the copy, or run 'decant journal repair'");
            }
        }
        return found;
    }

    /** Everything in the runs that is named like a segment, whatever it is; nothing where there is no journal. */
    List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path run : runs()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*" + SegmentNames.SUFFIX)) {
                files.forEach(found::add);
            } catch (NoSuchFileException e) {
                log.debug("journal: {} was released meanwhile", run);
            }
        }
        Collections.sort(found);
        return found;
    }

    List<Path> runs() throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.exists(journal)) {
            try (DirectoryStream<Path> runs = Files.newDirectoryStream(
                    journal, run -> RUN.matcher(name(run)).matches() && Files.isDirectory(run))) {
                runs.forEach(found::add);
            }
        }
        return found;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    /** Makes the directory of a new run, durably, after all that are there. */
    Path createRun() throws IOException {
        long last = 0;
        for (Path run : runs()) {
            last = Math.max(last, Long.parseLong(name(run).substring(RUN_PREFIX.length())));
        }
        Path run = journal.resolve(String.format("%s%08d", RUN_PREFIX, last + 1));
        OwnerOnly.createDirectory(run);
        forceDirectory(journal);
        return run;
    }

    Path preparedPath(long generation) {
        return journal.resolve(PREPARED_PREFIX + generation + ".tmp");
    }

    /**
     * Removes what earlier starts left and nothing needs: what was prepared and not used, Chronicle's own files, empty
     * runs.
     */
    void removeLeftovers() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(journal, PREPARED_PREFIX + "*.tmp")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        for (Path run : runs()) {
            Files.deleteIfExists(run.resolve(METADATA));
            removeRunIfEmpty(run);
        }
    }

    /** Removes a run's directory once no segment is left in it. */
    void removeRunIfEmpty(Path run) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*" + SegmentNames.SUFFIX)) {
            if (files.iterator().hasNext()) {
                return;
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(run)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(run);
        forceDirectory(journal);
    }

    /** Cuts the zeros off a file's end, as far as they lie behind {@code offset}. */
    static void cutOffZeros(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.truncate(lastNonZero(channel, offset));
        }
    }

    /**
     * Copies an unsynced tail, from {@code offset} on, aside, durably, unless it is all zeros; returns where to, or "".
     */
    String keepTail(long segment, Path file, long offset) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = lastNonZero(from, offset);
            if (end <= offset) {
                return "";
            }
            Path kept = freshSalvagePath(UNSYNCED_PREFIX + segment + "-from-" + offset + ".bin");
            try (FileChannel to = OwnerOnly.open(kept, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long at = offset; at < end; ) {
                    at += from.transferTo(at, end - at, to);
                }
                to.force(true);
            } catch (IOException e) {
                Files.deleteIfExists(kept);
                throw e;
            }
            forceDirectory(salvage);
            dropOldest();
            return kept.toString();
        }
    }

    /** Moves a whole unsynced segment aside, durably; deletes it instead where it holds nothing but zeros. */
    String setAside(long segment, Path file) throws IOException {
        String kept = "";
        long end;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            end = lastNonZero(from, 0);
        }
        if (end == 0) {
            Files.delete(file);
        } else {
            Path target = freshSalvagePath(UNSYNCED_PREFIX + segment + ".bin");
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel moved = FileChannel.open(target, StandardOpenOption.WRITE)) {
                moved.truncate(end);
            }
            forceDirectory(salvage);
            dropOldest();
            kept = target.toString();
        }
        forceDirectory(file.getParent());
        return kept;
    }

    private void dropOldest() throws IOException {
        List<Path> pieces = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(salvage, UNSYNCED_PREFIX + "*")) {
            found.forEach(pieces::add);
        }
        Map<Path, FileTime> ages = new HashMap<>();
        for (Path piece : pieces) {
            ages.put(piece, Files.getLastModifiedTime(piece));
        }
        pieces.sort(Comparator.<Path, FileTime>comparing(ages::get).reversed());
        long bytes = 0;
        for (Path piece : pieces.subList(1, pieces.size())) {
            bytes += (Files.size(piece) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
            if (bytes > UNSYNCED_BYTES_MAX) {
                Files.delete(piece);
            }
        }
    }

    private Path freshSalvagePath(String stem) throws IOException {
        if (!Files.isDirectory(salvage)) {
            OwnerOnly.createDurably(salvage.toAbsolutePath(), salvage.toAbsolutePath());
        }
        Path path = salvage.resolve(stem);
        for (int i = 2; Files.exists(path); i++) {
            path = salvage.resolve(stem + "-" + i);
        }
        return path;
    }

    /** Moves anything aside, durably, under a name that begins with {@code stem}; returns where to. */
    Path moveAside(Path what, String stem) throws IOException {
        Path target = freshSalvagePath(stem);
        Files.move(what, target, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(salvage);
        forceDirectory(what.getParent());
        return target;
    }

    /**
     * Offset behind the last byte that is not zero, at least {@code from}. Each start of a server looks at all of a
     * segment that was not filled, so eight bytes are looked at at a time.
     */
    private static long lastNonZero(FileChannel file, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        long last = from;
        for (long at = from; ; ) {
            int read = file.read(buffer.clear(), at);
            if (read <= 0) {
                return last;
            }
            int end = lastNonZero(buffer, read);
            if (end > 0) {
                last = at + end;
            }
            at += read;
        }
    }

    /** Behind the last of the first {@code length} bytes that is not zero; 0 where all are. */
    private static int lastNonZero(ByteBuffer bytes, int length) {
        int end = length;
        while (end % Long.BYTES != 0 && bytes.get(end - 1) == 0) {
            end--;
        }
        if (end % Long.BYTES == 0) {
            while (end > 0 && bytes.getLong(end - Long.BYTES) == 0) {
                end -= Long.BYTES;
            }
            while (end > 0 && bytes.get(end - 1) == 0) {
                end--;
            }
        }
        return end;
    }

    /** Writes a part of a file over itself. */
    static void writeAgain(FileChannel file, long from, long to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        for (long at = from; at < to; ) {
            buffer.clear().limit((int) Math.min(COPY_BYTES, to - at));
            if (file.read(buffer, at) <= 0) {
                return;
            }
            for (buffer.flip(); buffer.hasRemaining(); ) {
                at += file.write(buffer, at);
            }
        }
    }

    static void forceDirectory(Path directory) throws IOException {
        force(FileOpening.retried(() -> openDirectory(directory)));
    }

    /** The same for the syncer, which waits for a file descriptor for as long as it takes. */
    static void forceDirectoryAwaited(Path directory) throws IOException {
        force(FileOpening.awaited(() -> openDirectory(directory)));
    }

    private static FileChannel openDirectory(Path directory) throws IOException {
        try {
            return FileChannel.open(directory, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new IOException("directory " + directory + " no longer exists", e);
        }
    }

    private static void force(FileChannel directory) throws IOException {
        try (directory) {
            directory.force(true);
        }
    }
}
