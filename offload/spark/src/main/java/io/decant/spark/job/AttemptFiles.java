package io.decant.spark.job;

import io.decant.offload.files.SyncedOutput;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.spark.TaskContext;

/**
 * The files of one attempt of a task, in a directory that no other attempt has. Directories above are never made here:
 * an attempt that is still at it when its job is over finds them deleted and fails, and leaves nothing.
 *
 * <p>For the task's threads.
 */
final class AttemptFiles {

    /** Within the output, until it is whole. */
    static final String DIRECTORY = "_attempts";

    private static final int BUFFER_BYTES = 64 * 1024;

    private final FileSystem filesystem;
    private final Path output;
    private final String directory;
    private final AtomicInteger files = new AtomicInteger();

    private AttemptFiles(FileSystem filesystem, Path output, String directory) {
        this.filesystem = filesystem;
        this.output = output;
        this.directory = directory;
    }

    /**
     * Begins an attempt.
     *
     * @param output the job's output, in which {@link #DIRECTORY} is
     * @param stage what the task is for
     */
    static AttemptFiles begin(String output, String stage, Configuration conf) throws IOException {
        Path root = new Path(output);
        TaskContext task = TaskContext.get();
        String directory =
                String.format(Locale.ROOT, "%s/%s-%05d-%d", DIRECTORY, stage, task.partitionId(), task.taskAttemptId());
        FileContext.getFileContext(root.toUri(), conf)
                .mkdir(new Path(root, directory), FsPermission.getDirDefault(), false);
        return new AttemptFiles(Filesystems.of(root, conf), root, directory);
    }

    /** The attempt's directory. */
    Path path() {
        return new Path(output, directory);
    }

    /** A file being written, and where it will be read from. */
    static final class AttemptFile extends SyncedOutput {
        private final FSDataOutputStream out;
        private final boolean syncedByClose;
        private final String name;

        /** @param syncedByClose whether closing it syncs it */
        AttemptFile(FSDataOutputStream out, boolean syncedByClose, String name) {
            this.out = out;
            this.syncedByClose = syncedByClose;
            this.name = name;
        }

        /** The file's path within the job's output. */
        String name() {
            return name;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        /**
         * Or has {@link #close} do it, where that is as good and spares a round trip: a caller that syncs also closes,
         * before it counts.
         */
        @Override
        public void sync() throws IOException {
            if (!syncedByClose) {
                out.hsync();
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** A new file. */
    AttemptFile create() throws IOException {
        return create(String.format(Locale.ROOT, "file-%06d", files.getAndIncrement()));
    }

    /** A new file with a name of its own in the attempt's directory. */
    AttemptFile create(String name) throws IOException {
        Path path = new Path(path(), name);
        return new AttemptFile(
                filesystem.createNonRecursive(
                        path,
                        FsPermission.getFileDefault(),
                        EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
                        BUFFER_BYTES,
                        filesystem.getDefaultReplication(path),
                        filesystem.getDefaultBlockSize(path),
                        null),
                // HDFS syncs a block that was created with SYNC_BLOCK when it is closed; others know nothing of that.
                filesystem instanceof DistributedFileSystem,
                directory + "/" + name);
    }
}
