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
     * Renames a directory whose files are durable; it is there for good when this returns.
     *
     * @return whether it was; if not, something is at {@code to} already
     */
    public static boolean publish(FileSystem filesystem, Path from, Path to, Configuration conf) throws IOException {
        if (Filesystems.isLocal(filesystem)) {
            return publishLocally(from, to);
        }
        try {
            FileContext.getFileContext(to.toUri(), conf).rename(from, to, Options.Rename.NONE);
            return true;
        } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Directories of a local filesystem are forced, which Hadoop does not do. */
    private static boolean publishLocally(Path from, Path to) throws IOException {
        java.nio.file.Path parent = java.nio.file.Path.of(to.getParent().toUri().getPath());
        try (LocalFiles files = new LocalFiles(parent)) {
            files.publish(
                    parent.relativize(java.nio.file.Path.of(from.toUri().getPath()))
                            .toString(),
                    to.getName());
            return true;
        } catch (FileSystemException e) {
            // Also where somebody else came first between the look and the rename.
            if (Files.exists(parent.resolve(to.getName()))) {
                return false;
            }
            throw e;
        }
    }
}
