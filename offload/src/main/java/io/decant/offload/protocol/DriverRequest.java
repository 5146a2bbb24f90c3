package io.decant.offload.protocol;

import java.util.List;

/** What the server asks of the driver process. */
public sealed interface DriverRequest {

    /** The first one. */
    record Start(SparkSettings settings) implements DriverRequest {}

    /**
     * Parts a staged batch. A job whose output is there already is done at once.
     *
     * @param id names it in the answers
     * @param staged URI of the staged batch's directory
     * @param sinks for which a finished batch directory is to be made
     * @param runs whether runs are wanted: some sink is served from them
     */
    record Job(String id, String staged, List<SinkOutput> sinks, boolean runs) implements DriverRequest {
        public Job {
            sinks = List.copyOf(sinks);
        }
    }

    /** Asks whether it is alive. */
    record Ping(String id) implements DriverRequest {}

    /** Asks it to end. A running job is given up; the batch stays as it was staged. */
    record Stop() implements DriverRequest {}
}
