package io.decant.offload.files;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place on a disk of this machine. Files are forced when they are synced, directories when what is in them is
 * published. Not by Hadoop's local filesystem: that forces no directory, and where a rename fails it copies.
 */
public final class LocalFiles implements BatchFiles {

    /** A disk has no visible blocks. */
    private static final long BLOCK_BYTES = 128L << 20;

    private static final Logger log = LoggerFactory.getLogger(LocalFiles.class);

    private final Path root;
    /** The directory down from which all is private; null: nothing is. */
    private final Path top;

    /** @param root need not be there yet */
    public LocalFiles(Path root) {
        this(root, null);
    }

    private LocalFiles(Path root, Path top) {
        this.root = root.toAbsolutePath().normalize();
        this.top = top == null ? null : top.toAbsolutePath().normalize();
    }

    /**
     * A place whose directories and files only the user of this process can use. What is there already is made so,
     * which the log tells.
     *
     * @param root need not be there yet
     * @param top the root, or a directory above it: one that is missing there is made private, too
     * @throws IOException also where the root belongs to another user
     */
    public static LocalFiles privately(Path root, Path top) throws IOException {
        LocalFiles files = new LocalFiles(root, top);
        if (Files.isDirectory(files.root)) {
            if (PrivateTree.isSomebodyElses(files.root)) {
                throw new IOException(files.root + " belongs to user "
                        + Files.getOwner(files.root).getName() + ", and this process runs as " + PrivateTree.ourName()
                        + "; remove it, or set another place");
            }
            int tightened = PrivateTree.tighten(files.root).changed();
            if (tightened > 0) {
                log.info(
                        "{}: others could use {} of the directories and files; now only their owner can",
                        root,
                        tightened);
            }
        }
        return files;
    }

    private Path at(String path) {
        return path.isEmpty() ? root : root.resolve(path);
    }

    @Override
    public long blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean exists(String path) throws IOException {
        try {
            Files.readAttributes(at(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        Path file = at(path);
        createDirectories(file.getParent());
        return new LocalOutput(
                top == null
                        ? FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                        : PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    private void createDirectories(Path directory) throws IOException {
        if (top == null) {
            Files.createDirectories(directory);
        } else {
            PrivateFiles.createDirectories(directory, top);
        }
    }

    private static final class LocalOutput extends SyncedOutput {
        private final FileChannel channel;

        LocalOutput(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(from, offset, length);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        try {
            return Files.newInputStream(at(path));
        } catch (NoSuchFileException e) {
            throw notFound(e);
        }
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        try {
            return new LocalInput(FileChannel.open(at(path), StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw notFound(e);
        }
    }

    private record LocalInput(FileChannel channel) implements PositionedInput {
        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public void readFully(long position, byte[] into, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(into, offset, length);
            for (long at = position; left.hasRemaining(); ) {
                int read = channel.read(left, at);
                if (read < 0) {
                    throw new EOFException("ends at " + at + ", and is read to " + (position + length));
                }
                at += read;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static FileNotFoundException notFound(NoSuchFileException e) {
        FileNotFoundException notFound = new FileNotFoundException("no file " + e.getFile());
        notFound.initCause(e);
        return notFound;
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> found = Files.list(at(directory))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public void publish(String from, String to) throws IOException {
        Path source = at(from);
        Path target = at(to);
        forceDirectories(source);
        makeDurable(target.getParent());
        if (exists(to)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        if (top == null && !source.startsWith(root)) {
            // Out of a place that may be private, into one that is not.
            DefaultModes.give(source);
        }
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
        forceOne(target.getParent());
        forceOne(source.getParent());
    }

    /** Makes the content of all files in a directory, and below, durable; not their names. Follows no links. */
    public static void forceContents(Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    forceOne(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Makes the names of what lies in a directory, and below, durable. */
    private static void forceDirectories(Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                forceOne(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Makes a directory that is there after a power cut; also forces those that were there, which a crash may have left
     * unforced.
     */
    private void makeDurable(Path directory) throws IOException {
        createDirectories(directory);
        for (Path each = directory; each != null && each.startsWith(root); each = each.getParent()) {
            Path parent = each.getParent() == null ? each : each.getParent();
            // What may not be read cannot be forced; then another user created what is in it.
            if (Files.isReadable(parent)) {
                forceOne(parent);
            }
        }
    }

    private static void forceOne(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        if (!exists(path)) {
            return;
        }
        Files.walkFileTree(at(path), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public void close() {}
}
