package io.decant.ingest.deadletter;

import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Files under {@code data-dir/dlq}. A file is open from an append to the force behind it and no longer, so that
 * removing one in between removes what was in it, and nothing that comes later.
 */
public final class FileDeadLetterStore implements DeadLetterStore {

    private static final String FOLDER = "dlq";
    private static final int COPY_BYTES = 1 << 20;

    private final Path folder;
    private String appendedTo;
    private FileChannel appending;
    /** Folders and files that were made here, and whose names may not be on stable storage yet. */
    private final Set<Path> unforced = new HashSet<>();

    /** Neither reads nor writes anything yet. */
    public FileDeadLetterStore(Path dataDir) {
        this.folder = dataDir.toAbsolutePath().resolve(FOLDER);
    }

    @Override
    public NavigableMap<String, Long> sizes() throws IOException {
        NavigableMap<String, Long> sizes = new TreeMap<>();
        addSizes(folder, "", sizes);
        addSizes(folder.resolve(LetterFiles.REPLAY), LetterFiles.REPLAY, sizes);
        return sizes;
    }

    private static void addSizes(Path folder, String prefix, NavigableMap<String, Long> sizes) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = prefix + file.getFileName();
                if (LetterFiles.isOurs(name)) {
                    sizes.put(name, Files.size(file));
                }
            }
        } catch (NoSuchFileException e) {
            // Removed meanwhile: the next listing sees the rest.
            addSizes(folder, prefix, sizes);
        }
    }

    @Override
    public InputStream read(String name) throws IOException {
        return Files.newInputStream(path(name));
    }

    @Override
    public void append(String name, ByteBuffer bytes) throws IOException {
        if (!name.equals(appendedTo)) {
            open(name);
        }
        try {
            int end = bytes.limit();
            while (bytes.position() < end) {
                // The JDK copies what is on the heap into memory off it, and keeps that for the next time.
                bytes.limit((int) Math.min(end, (long) bytes.position() + COPY_BYTES));
                appending.write(bytes);
            }
        } catch (Throwable e) {
            closeAppending();
            throw e;
        }
    }

    private void open(String name) throws IOException {
        if (appending != null) {
            throw new IllegalStateException(name + " is appended to before " + appendedTo + " is forced");
        }
        Path path = path(name);
        createDurably(path.getParent());
        if (!Files.exists(path)) {
            unforced.add(path);
        }
        appending = PrivateFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        appendedTo = name;
    }

    /** Makes a folder and those above it, each with its entry on stable storage; private from {@link #folder} on. */
    private void createDurably(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            createDurably(directory.getParent());
            unforced.add(directory);
            PrivateFiles.createDirectories(directory, folder);
        }
        forceName(directory);
    }

    /** Until it has succeeded once, whatever failed before. */
    private void forceName(Path made) throws IOException {
        if (unforced.contains(made)) {
            forceDirectory(made.getParent());
            unforced.remove(made);
        }
    }

    @Override
    public void force(String name) throws IOException {
        if (!name.equals(appendedTo)) {
            throw new IllegalStateException(name + " is forced after " + appendedTo + " was appended to");
        }
        force(appending);
        closeAppending();
        forceName(path(name));
    }

    private void closeAppending() throws IOException {
        if (appending != null) {
            appending.close();
            appending = null;
            appendedTo = null;
        }
    }

    @Override
    public void forceNames() throws IOException {
        for (Path directory : List.of(folder, folder.resolve(LetterFiles.REPLAY))) {
            if (Files.isDirectory(directory)) {
                forceDirectory(directory.getParent());
                forceDirectory(directory);
            }
        }
    }

    @Override
    public void secure(String name, long from) throws IOException {
        try (FileChannel file = FileChannel.open(path(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
            for (long at = from; file.read(buffer.clear(), at) > 0; ) {
                for (buffer.flip(); buffer.hasRemaining(); ) {
                    at += file.write(buffer, at);
                }
            }
            force(file);
        }
    }

    @Override
    public void truncate(String name, long length) throws IOException {
        closeAppending();
        try (FileChannel file = FileChannel.open(path(name), StandardOpenOption.WRITE)) {
            file.truncate(length);
            force(file);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path source = path(from);
        Path target = path(to);
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(target.getParent());
        if (!source.getParent().equals(target.getParent())) {
            forceDirectory(source.getParent());
        }
        unforced.remove(source);
        unforced.remove(target);
    }

    @Override
    public void delete(String name) throws IOException {
        if (name.equals(appendedTo)) {
            closeAppending();
        }
        if (Files.deleteIfExists(path(name))) {
            forceDirectory(path(name).getParent());
        }
        unforced.remove(path(name));
    }

    @Override
    public String describe(String name) {
        return path(name).toString();
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private static void force(FileChannel file) throws SyncFailedException {
        try {
            file.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            force(channel);
        }
    }

    private static SyncFailedException failed(IOException cause) {
        SyncFailedException failed = new SyncFailedException(cause.getMessage());
        failed.initCause(cause);
        return failed;
    }
}
