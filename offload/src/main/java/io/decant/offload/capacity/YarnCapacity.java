package io.decant.offload.capacity;

import java.util.List;
import java.util.Optional;

/**
 * What YARN has at one moment.
 *
 * @param nodes that run
 * @param queueFree what the queue may still take; empty: it has no bound of its own
 * @param containerMax the most that one container may have
 * @param incrementMebibytes containers get memory in multiples of this
 */
public record YarnCapacity(
        List<NodeCapacity> nodes, Optional<Resources> queueFree, Resources containerMax, long incrementMebibytes) {

    public YarnCapacity {
        nodes = List.copyOf(nodes);
    }

    /** The same, if no container ran; of the queue's bound nothing is known then. */
    public YarnCapacity whenIdle() {
        List<NodeCapacity> idle = nodes.stream()
                .map(node -> new NodeCapacity(node.name(), node.total(), node.total()))
                .toList();
        return new YarnCapacity(idle, Optional.empty(), containerMax, incrementMebibytes);
    }

    /** What all nodes lend. */
    public Resources total() {
        return nodes.stream().map(NodeCapacity::total).reduce(Resources.NONE, Resources::plus);
    }

    /** What is free on all nodes together; a container has to have room on one. */
    public Resources free() {
        return nodes.stream().map(NodeCapacity::free).reduce(Resources.NONE, Resources::plus);
    }

    /**
     * How many executors have room beside an application master, on whichever node that comes to lie: the sum over the
     * nodes of what each has room for, no more than the queue may take. Cores are counted also where YARN's scheduler
     * looks at memory alone; there it is fewer than would start, and no more than would have a core each.
     *
     * @param executor what one asks for, overhead included
     * @param master what the application master asks for
     * @return 0 if there is no room for master and one executor now, or if one is larger than a container may be
     */
    public int executors(Resources executor, Resources master) {
        Resources each = executor.roundedUp(incrementMebibytes);
        Resources first = master.roundedUp(incrementMebibytes);
        if (!containerMax.holds(each) || !containerMax.holds(first)) {
            return 0;
        }
        long everywhere =
                nodes.stream().mapToLong(node -> node.free().count(each)).sum();
        long room = nodes.stream()
                .filter(node -> node.free().holds(first))
                .mapToLong(node -> everywhere
                        - node.free().count(each)
                        + node.free().minus(first).count(each))
                .min()
                .orElse(0);
        long ofQueue = queueFree.map(free -> free.minus(first).count(each)).orElse(Integer.MAX_VALUE);
        return (int) Math.min(room, ofQueue);
    }

    /**
     * A node of YARN that runs.
     *
     * @param name host and port of its node manager
     * @param total what it lends to containers
     * @param free what of it no container has
     */
    public record NodeCapacity(String name, Resources total, Resources free) {}
}
