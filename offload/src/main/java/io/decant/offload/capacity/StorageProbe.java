package io.decant.offload.capacity;

import io.decant.offload.capacity.StorageCapacity.StorageNode;
import io.decant.offload.files.HadoopLogin;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.security.AccessControlException;

/** Asks a filesystem what there is. */
public final class StorageProbe {

    private StorageProbe() {}

    /**
     * Asks, and waits for the answers.
     *
     * @param place on the filesystem; need not exist
     * @throws IOException if it is not reached
     */
    public static StorageCapacity read(URI place, Configuration conf) throws IOException {
        Path path = new Path(place);
        // Not the cached one, which other code might be using when this closes it.
        try (FileSystem files = FileSystem.newInstance(place, conf)) {
            FsStatus status = files.getStatus();
            boolean safeMode = files instanceof DistributedFileSystem hdfs && hdfs.setSafeMode(SafeModeAction.GET);
            return new StorageCapacity(
                    nodes(files),
                    status.getCapacity(),
                    status.getRemaining(),
                    files.getDefaultBlockSize(path),
                    safeMode);
        } catch (IOException e) {
            throw HadoopLogin.explained(e);
        }
    }

    private static List<StorageNode> nodes(FileSystem files) throws IOException {
        List<StorageNode> nodes = new ArrayList<>();
        if (files instanceof DistributedFileSystem hdfs) {
            try {
                for (DatanodeInfo node : hdfs.getDataNodeStats(DatanodeReportType.LIVE)) {
                    nodes.add(new StorageNode(
                            node.getHostName() + ":" + node.getXferPort(), node.getCapacity(), node.getRemaining()));
                }
            } catch (AccessControlException e) {
                // Some namenodes tell the single nodes to their administrators only; the total is there all the same.
                return List.of();
            }
        }
        return nodes;
    }
}
