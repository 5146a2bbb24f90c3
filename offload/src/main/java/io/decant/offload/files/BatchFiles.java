package io.decant.offload.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A place on a filesystem where batches appear. Paths are relative to it, with {@code /} between their parts; the empty
 * one is the place itself.
 *
 * <p>Calls may block for as long as the filesystem does. For any thread, one at a time per path.
 */
public interface BatchFiles extends AutoCloseable {

    /** Connects to a place. May block. */
    @FunctionalInterface
    interface Connector {
        BatchFiles connect() throws IOException;
    }

    /**
     * Connects to the place that a URI names.
     *
     * @param root with scheme {@code hdfs} or {@code file}; need not be there yet
     * @param hadoopConf folder of {@code core-site.xml} and {@code hdfs-site.xml}
     */
    static BatchFiles connect(URI root, Optional<Path> hadoopConf) throws IOException {
        return "file".equalsIgnoreCase(root.getScheme())
                ? new LocalFiles(Path.of(root))
                : HadoopFiles.open(root, hadoopConf);
    }

    /**
     * The size in bytes of the blocks that new files are kept in, each in one piece; known without asking the
     * filesystem.
     */
    long blockBytes();

    /** Whether there is a file or a directory. */
    boolean exists(String path) throws IOException;

    /**
     * A new, empty file; missing directories are made.
     *
     * @throws java.nio.file.FileAlreadyExistsException if something is there
     */
    SyncedOutput create(String path) throws IOException;

    /** @throws java.io.FileNotFoundException if there is no such file */
    InputStream open(String path) throws IOException;

    /** @throws java.io.FileNotFoundException if there is no such file */
    PositionedInput openPositioned(String path) throws IOException;

    /** The names of what lies in a directory, in order; none if there is no such directory. */
    List<String> list(String directory) throws IOException;

    /**
     * Moves a directory, whose files are durable, to a place where nothing is: it is there whole or not at all, and is
     * durable when this returns. Missing directories above are made.
     *
     * @throws java.nio.file.FileAlreadyExistsException if something is there
     */
    void publish(String from, String to) throws IOException;

    /** Removes a file, or a directory with all that is in it; nothing where there is nothing. */
    void delete(String path) throws IOException;

    /** Lets go of connections. Calls under way may fail. */
    @Override
    void close();
}
