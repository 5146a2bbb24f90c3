package io.decant.offload.capacity;

import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import java.util.List;

/**
 * What the process that asks a standalone master has found out: one JSON object on its standard output.
 *
 * @param error why it knows nothing, in a line; empty: it knows
 * @param workers that are alive
 */
public record MasterAnswer(String error, List<NodeCapacity> workers) {

    public MasterAnswer {
        workers = List.copyOf(workers);
    }
}
