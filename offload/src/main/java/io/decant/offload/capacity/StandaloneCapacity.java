package io.decant.offload.capacity;

import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import java.util.List;

/**
 * What a standalone cluster of Spark's has at one moment.
 *
 * @param workers that are alive, by the address of each; their vcores are cores that they lend to executors
 */
public record StandaloneCapacity(List<NodeCapacity> workers) {

    public StandaloneCapacity {
        workers = List.copyOf(workers);
    }

    /** The same, if no executor ran. */
    public StandaloneCapacity whenIdle() {
        return new StandaloneCapacity(workers.stream()
                .map(worker -> new NodeCapacity(worker.name(), worker.total(), worker.total()))
                .toList());
    }

    /** What all workers lend. */
    public Resources total() {
        return workers.stream().map(NodeCapacity::total).reduce(Resources.NONE, Resources::plus);
    }

    /** What is free on all workers together; an executor has to have room on one. */
    public Resources free() {
        return workers.stream().map(NodeCapacity::free).reduce(Resources.NONE, Resources::plus);
    }

    /**
     * How many executors have room: the sum over the workers of what each has room for.
     *
     * @param executor its heap, which is all that a master counts, and its cores
     */
    public int executors(Resources executor) {
        long room = workers.stream()
                .mapToLong(worker -> worker.free().count(executor))
                .sum();
        return (int) Math.min(Integer.MAX_VALUE, room);
    }
}
