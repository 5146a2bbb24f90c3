package io.decant.ingest.datadir;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.OwnerOnly;
import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The server's directory, locked against a second server, and the journal's id, made once and kept. */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK = "lock";
    /** Of Linux. */
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;
    private final int journalId;

    private DataDirectory(Path path, FileChannel channel, FileLock lock, int journalId) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
        this.journalId = journalId;
    }

    /**
     * Locks the directory, and makes it if it is not there.
     *
     * @param random gives a new journal its id
     * @throws JournalException where another process has it, or it cannot be used as it is
     */
    public static DataDirectory open(Path path, RandomGenerator random) {
        return open(
                path,
                () -> {
                    OwnerOnly.createDurably(path.toAbsolutePath(), path.toAbsolutePath());
                    return null;
                },
                () -> JournalId.of(path, random));
    }

    /**
     * Locks a directory that is there, whatever is in it; {@link #journalId()} means nothing.
     *
     * @throws JournalException where another process has it, or it cannot be used as it is
     */
    public static DataDirectory openForRepair(Path path) {
        return open(path, () -> path.toRealPath(), () -> 0);
    }

    /**
     * Looks whether a command may read what is in the directory, if it is there. More users than its owner may
     * read it: root.
     *
     * @throws JournalException where a symbolic link in it leads elsewhere
     */
    public static void checkForReading(Path path) {
        try {
            DataDirectoryRules.refuseLinks(path);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + path + " cannot be read: " + e + "; fix this, or set another data-dir",
                    e);
        }
    }

    /** A step that reads or writes files. */
    private interface Step<T> {
        T take() throws IOException;
    }

    private static DataDirectory open(Path path, Step<?> before, Step<Integer> journalId) {
        requireNoFile(path);
        try {
            before.take();
            DataDirectoryRules.refuseOwner(path);
            DataDirectoryRules.refuseLinks(path);
            FileChannel channel = PrivateFiles.open(
                    path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean opened = false;
            try {
                FileLock lock = tryLock(channel);
                if (lock == null) {
                    String holder = read(channel);
                    throw new JournalException(
                            JournalException.Kind.LOCKED,
                            "data-dir " + path + " is in use by another server"
                                    + (holder.isEmpty() ? "" : ", process " + holder)
                                    + "; stop that one, or give this one its own data-dir");
                }
                // Written over what is there: a full disk might not give the block again.
                ByteBuffer process = StandardCharsets.US_ASCII.encode(
                        Long.toString(ProcessHandle.current().pid()));
                channel.write(process, 0);
                channel.truncate(process.limit());
                DataDirectoryRules.tighten(path);
                DataDirectory directory = new DataDirectory(path, channel, lock, journalId.take());
                opened = true;
                return directory;
            } finally {
                if (!opened) {
                    channel.close();
                }
            }
        } catch (AccessDeniedException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + path + ": no permission for " + e.getFile()
                            + "; give the server's user write access, or set another data-dir",
                    e);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + path + " cannot be used: " + e + "; fix this, or set another data-dir",
                    e);
        }
    }

    /**
     * Looks whether a data directory is there, or could be made. Changes nothing.
     *
     * @throws JournalException where it, or what is to be above it, is a file
     */
    public static void requireNoFile(Path path) {
        Path there = existing(path);
        if (!Files.isDirectory(there)) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "data-dir " + path + " cannot be used: "
                            + (there.equals(path.toAbsolutePath()) ? "it" : there.toString())
                            + " is a file, not a directory; move the file, or set another data-dir");
        }
    }

    /**
     * Where a directory lies in memory, and so does not outlive the machine's power: the filesystem's name. Else, and
     * if unknown, empty.
     */
    public static Optional<String> memoryFilesystem(Path path) {
        try {
            return Optional.of(Files.getFileStore(existing(path)).type()).filter(IN_MEMORY::contains);
        } catch (IOException e) {
            // Its users are told what is wrong with it.
            return Optional.empty();
        }
    }

    /** The directory, or the nearest above it that is there. */
    private static Path existing(Path path) {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(32);
        channel.read(buffer, 0);
        return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    }

    /**
     * The process id of the server that has the directory, as far as it has said so; empty where none has. Asks by a
     * shared lock that is released immediately, and writes nothing.
     */
    public static Optional<String> holder(Path dataDir) throws IOException {
        Path file = dataDir.resolve(LOCK);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            boolean free;
            try (FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
                free = shared != null;
            } catch (OverlappingFileLockException e) {
                free = false;
            }
            String process = read(channel);
            return free ? Optional.empty() : Optional.of(process.isEmpty() ? "unknown" : process);
        }
    }

    public Path path() {
        return path;
    }

    public int journalId() {
        return journalId;
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock " + path, e);
        }
    }
}
