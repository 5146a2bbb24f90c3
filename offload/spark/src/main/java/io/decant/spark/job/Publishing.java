package io.decant.spark.job;

import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.SafeClose;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** Makes directories appear whole, by one rename, with all in them durable. Stateless. */
public final class Publishing {

    private static final int BUFFER_BYTES = 4096;

    private Publishing() {}

    /** A small file, durable when this returns; its directory is there. */
    public static void write(FileSystem filesystem, Path file, byte[] bytes) throws IOException {
        filesystem.mkdirs(file.getParent());
        FSDataOutputStream out = filesystem.createNonRecursive(
                file,
                FsPermission.getFileDefault(),
                EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                BUFFER_BYTES,
                filesystem.getDefaultReplication(file),
                filesystem.getDefaultBlockSize(file),
                null);
        SafeClose.afterTask(out::close, () -> {
            out.write(bytes);
            out.hsync();
        });
    }

    /**
     * Renames a directory whose files are durable; the new name is durable when this returns.
     *
     * @return whether it was; if not, something is at {@code to} already
     */
    public static boolean publish(FileSystem filesystem, Path from, Path to, Configuration conf) throws IOException {
        if (Filesystems.isLocal(filesystem)) {
            return publishLocally(from, to.getParent(), to.getName());
        }
        try {
            FileContext.getFileContext(to.toUri(), conf).rename(from, to, Options.Rename.NONE);
            return true;
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            return false;
        }
    }

    /**
     * The same below a root, whose missing directories are made, and are there for good as well.
     *
     * @param to below the root
     */
    public static boolean publish(FileSystem filesystem, Path from, Path root, String to, Configuration conf)
            throws IOException {
        return Filesystems.isLocal(filesystem)
                ? publishLocally(from, root, to)
                : publish(filesystem, from, new Path(root, to), conf);
    }

    /** Directories of a local filesystem are forced, which Hadoop does not do. */
    private static boolean publishLocally(Path from, Path root, String to) throws IOException {
        java.nio.file.Path top = java.nio.file.Path.of(root.toUri().getPath());
        try (LocalFiles files = new LocalFiles(top)) {
            files.publish(
                    top.relativize(java.nio.file.Path.of(from.toUri().getPath()))
                            .toString(),
                    to);
            return true;
        } catch (FileSystemException e) {
            // Also where somebody else came first between the look and the rename.
            if (Files.exists(top.resolve(to))) {
                return false;
            }
            throw e;
        }
    }
}
