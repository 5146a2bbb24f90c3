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
import java.util.NavigableMap;
import java.util.TreeMap;

/** The journal's files and directories by name, and what makes their entries durable. */
final class SegmentFiles {

    /** What Chronicle keeps of a queue beside its segments. */
    static final String METADATA = "metadata.cq4t";

    private static final String RUN_PREFIX = "run-";
    private static final String PREPARED_PREFIX = "next-";
    private static final int COPY_BYTES = 1 << 20;

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

    /** Copies what stands from {@code offset} on aside, durably, unless it is all zeros; returns where to, or "". */
    String keepRest(long segment, Path file, long offset) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = lastNonZero(from, offset);
            if (end <= offset) {
                return "";
            }
            Path kept = freshSalvagePath("segment-" + segment + "-from-" + offset);
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
            return kept.toString();
        }
    }

    /** Moves a whole segment aside, durably; deletes it instead where it holds nothing but zeros. */
    String setAside(long segment, Path file) throws IOException {
        String kept = "";
        boolean empty;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            empty = lastNonZero(from, 0) == 0;
        }
        if (empty) {
            Files.delete(file);
        } else {
            Path target = freshSalvagePath("segment-" + segment);
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            forceDirectory(salvage);
            kept = target.toString();
        }
        forceDirectory(file.getParent());
        return kept;
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
