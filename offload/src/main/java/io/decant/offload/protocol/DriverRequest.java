package io.decant.offload.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * What the server asks of the driver process. {@link RequestFormat} makes lines of the records: their components are
 * its members.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "start", value = DriverRequest.Start.class),
    @JsonSubTypes.Type(name = "job", value = DriverRequest.Job.class),
    @JsonSubTypes.Type(name = "ping", value = DriverRequest.Ping.class),
    @JsonSubTypes.Type(name = "stop", value = DriverRequest.Stop.class)
})
public sealed interface DriverRequest {

    /** The first one. */
    record Start(@JsonUnwrapped SparkSettings settings) implements DriverRequest {}

    /**
     * Splits a staged batch. A job whose output is there already is done at once.
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
