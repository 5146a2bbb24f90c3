package io.decant.offload.capacity;

import java.util.List;

/**
 * What a filesystem has at one moment.
 *
 * @param nodes of HDFS; empty for a filesystem without any
 * @param capacityBytes of all together, before replication
 * @param freeBytes likewise
 * @param blockBytes of a new file's blocks
 * @param safeMode whether it refuses to write
 */
public record StorageCapacity(
        List<StorageNode> nodes, long capacityBytes, long freeBytes, long blockBytes, boolean safeMode) {

    public StorageCapacity {
        nodes = List.copyOf(nodes);
    }

    /**
     * A datanode that the namenode has heard of lately.
     *
     * @param name host and port
     */
    public record StorageNode(String name, long capacityBytes, long freeBytes) {}
}
