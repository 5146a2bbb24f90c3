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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The journal's files and directories by name, and what makes their entries durable. */
final class SegmentFiles {

    /** What Chronicle keeps of a queue beside its segments. */
    static final String METADATA = "metadata.cq4t";

    private static final String RUN_PREFIX = "run-";
    private static final String PREPARED_PREFIX = "next-";
    private static final int COPY_BYTES = 1 << 20;
    /** Begins the names of what recovery kept of data that was never acknowledged. */
    private static final String UNSYNCED_PREFIX = "unsynced-";
    /**
     * So much of it is kept beside the newest piece: it is there to be looked at, and a server that is killed again and again must
     * not fill its disk with it.
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
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(journal, RUN_PREFIX + "*")) {
            for (Path run : runs) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*" + SegmentNames.SUFFIX)) {
                    for (Path file : files) {
                        long number = SegmentNames.number(file);
                        Path other = found.put(number, file);
                        if (other != null) {
                            throw new JournalException(
                                    JournalException.Kind.DAMAGED,
                                    "journal: segment " + number + " is there twice, as " + other + " and " + file
                                            + "; take away the copy");
                        }
                    }
                }
            }
        }
        return found;
    }

    /** Makes the directory of a new run, durably, after all that are there. */
    Path createRun() throws IOException {
        long last = 0;
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(journal, RUN_PREFIX + "*")) {
            for (Path run : runs) {
                last = Math.max(
                        last, Long.parseLong(run.getFileName().toString().substring(RUN_PREFIX.length())));
            }
        }
        Path run = journal.resolve(String.format("%s%08d", RUN_PREFIX, last + 1));
        Files.createDirectory(run);
        forceDirectory(journal);
        return run;
    }

    Path preparedPath(long generation) {
        return journal.resolve(PREPARED_PREFIX + generation + ".tmp");
    }

    /** Removes what earlier starts left and nothing needs: what was prepared and not used, Chronicle's own files, empty runs. */
    void removeLeftovers() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(journal, PREPARED_PREFIX + "*.tmp")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        try (DirectoryStream<Path> runs = Files.newDirectoryStream(journal, RUN_PREFIX + "*")) {
            for (Path run : runs) {
                Files.deleteIfExists(run.resolve(METADATA));
                removeRunIfEmpty(run);
            }
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

    /** Copies an unsynced tail, from {@code offset} on, aside, durably, unless it is all zeros; returns where to, or "". */
    String keepTail(long segment, Path file, long offset) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = lastNonZero(from, offset);
            if (end <= offset) {
                return "";
            }
            Path kept = freshSalvagePath(UNSYNCED_PREFIX + segment + "-from-" + offset);
            try (FileChannel to = FileChannel.open(kept, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
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
            Path target = freshSalvagePath(UNSYNCED_PREFIX + segment);
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
            Files.createDirectories(salvage);
            forceDirectory(salvage.getParent());
        }
        Path path = salvage.resolve(stem + ".bin");
        for (int i = 2; Files.exists(path); i++) {
            path = salvage.resolve(stem + "-" + i + ".bin");
        }
        return path;
    }

    /** Offset behind the last byte that is not zero, at least {@code from}. */
    private static long lastNonZero(FileChannel file, long from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
        long last = from;
        for (long at = from; ; ) {
            buffer.clear();
            int read = file.read(buffer, at);
            if (read <= 0) {
                return last;
            }
            for (int i = read - 1; i >= 0; i--) {
                if (buffer.get(i) != 0) {
                    last = at + i + 1;
                    break;
                }
            }
            at += read;
        }
    }

    static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (NoSuchFileException e) {
            throw new IOException("directory " + directory + " is gone", e);
        }
    }
}
