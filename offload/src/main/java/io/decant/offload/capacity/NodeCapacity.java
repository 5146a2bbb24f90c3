package io.decant.offload.capacity;

/**
 * A node of YARN that runs.
 *
 * @param name host and port of its node manager
 * @param total what it lends to containers
 * @param free what of it no container has
 */
public record NodeCapacity(String name, Resources total, Resources free) {}
