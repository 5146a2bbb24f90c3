package io.decant.offload.capacity;

/**
 * A datanode that the namenode has heard of lately.
 *
 * @param name host and port
 */
public record StorageNode(String name, long capacityBytes, long freeBytes) {}
