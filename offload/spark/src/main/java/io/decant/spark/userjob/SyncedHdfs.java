package io.decant.spark.userjob;

import java.io.IOException;
import java.util.EnumSet;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.util.Progressable;

/**
 * HDFS, where datanodes sync each block of a new file when it is finished, whoever writes it: what a job's writers have
 * closed is on disks. By {@code fs.hdfs.impl}, in the driver and in executors. All ways to create a file lead through
 * those below, Hadoop's {@code FileContext} excepted.
 */
public final class SyncedHdfs extends DistributedFileSystem {

    @Override
    public FSDataOutputStream create(
            Path file,
            FsPermission permission,
            EnumSet<CreateFlag> flags,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress,
            Options.ChecksumOpt checksum)
            throws IOException {
        return super.create(file, permission, synced(flags), bufferSize, replication, blockSize, progress, checksum);
    }

    @Override
    public FSDataOutputStream createNonRecursive(
            Path file,
            FsPermission permission,
            EnumSet<CreateFlag> flags,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        return super.createNonRecursive(file, permission, synced(flags), bufferSize, replication, blockSize, progress);
    }

    @Override
    public HdfsDataOutputStreamBuilder createFile(Path file) {
        return super.createFile(file).syncBlock();
    }

    private static EnumSet<CreateFlag> synced(EnumSet<CreateFlag> flags) {
        EnumSet<CreateFlag> synced = EnumSet.copyOf(flags);
        synced.add(CreateFlag.SYNC_BLOCK);
        return synced;
    }
}
