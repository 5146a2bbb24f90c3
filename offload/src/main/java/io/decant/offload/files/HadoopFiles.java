package io.decant.offload.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place on HDFS. A file's blocks are synced by the datanodes as they fill up, the last one by
 * {@link SyncedOutput#sync}; what happens to names is in the namenode's log when a call returns.
 */
public final class HadoopFiles implements BatchFiles {

    private static final Logger log = LoggerFactory.getLogger(HadoopFiles.class);

    private final DistributedFileSystem filesystem;
    private final Path root;

    private HadoopFiles(DistributedFileSystem filesystem, Path root) {
        this.filesystem = filesystem;
        this.root = root;
    }

    /**
     * Connects; a client of its own, so that closing it does not affect others.
     *
     * @param root need not be there yet
     * @param hadoopConf folder of {@code core-site.xml} and {@code hdfs-site.xml}
     * @throws IOException if there is no such filesystem, it is not HDFS, or its host is not known at the moment
     */
    public static HadoopFiles open(URI root, Optional<java.nio.file.Path> hadoopConf) throws IOException {
        try {
            FileSystem found = FileSystem.newInstance(root, HadoopConf.load(hadoopConf));
            if (found instanceof DistributedFileSystem hdfs) {
                return new HadoopFiles(hdfs, new Path(root));
            }
            found.close();
            throw new IOException(root + " is on " + found.getClass().getSimpleName() + ", and not on HDFS");
        } catch (IOException e) {
            throw HadoopLogin.explained(e);
        } catch (RuntimeException e) {
            // Of a configuration that cannot be read, and, wrapped, of a host that is not known.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.toString(), e);
        }
    }

    private Path at(String path) {
        return path.isEmpty() ? root : new Path(root, path);
    }

    @Override
    public long blockBytes() {
        return filesystem.getDefaultBlockSize(root);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return filesystem.exists(at(path));
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        Path file = at(path);
        filesystem.mkdirs(file.getParent());
        try {
            return new HadoopOutput(filesystem.create(
                    file,
                    FsPermission.getFileDefault(),
                    EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                    filesystem.getConf().getInt("io.file.buffer.size", 4096),
                    filesystem.getDefaultReplication(file),
                    blockBytes(),
                    null,
                    null));
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            throw alreadyExists(path, e);
        }
    }

    private static FileAlreadyExistsException alreadyExists(String path, IOException cause) {
        FileAlreadyExistsException exists = new FileAlreadyExistsException(path);
        exists.initCause(cause);
        return exists;
    }

    private static final class HadoopOutput extends SyncedOutput {
        private final FSDataOutputStream out;

        HadoopOutput(FSDataOutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void sync() throws IOException {
            out.hsync();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Override
    public InputStream open(String path) throws IOException {
        return filesystem.open(at(path));
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        long length = filesystem.getFileStatus(at(path)).getLen();
        return new HadoopInput(filesystem.open(at(path)), length);
    }

    private record HadoopInput(FSDataInputStream in, long length) implements PositionedInput {
        @Override
        public void readFully(long position, byte[] into, int offset, int length) throws IOException {
            in.readFully(position, into, offset, length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            for (FileStatus found : filesystem.listStatus(at(directory))) {
                names.add(found.getPath().getName());
            }
        } catch (FileNotFoundException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }

    @Override
    public void publish(String from, String to) throws IOException {
        Path target = at(to);
        filesystem.mkdirs(target.getParent());
        try {
            filesystem.rename(at(from), target, Options.Rename.NONE);
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            throw alreadyExists(to, e);
        }
    }

    @Override
    public void delete(String path) throws IOException {
        filesystem.delete(at(path), true);
    }

    @Override
    public void close() {
        try {
            filesystem.close();
        } catch (IOException e) {
            // What was written and matters is closed and durable; what is left is cleaned at the next start.
            log.debug("closing the client of {}", root, e);
        }
    }
}
