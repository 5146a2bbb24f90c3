package io.decant.offload.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * What the server asks of the driver process. {@link RequestFormat} makes lines of the records: their components are
 * its members.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "start", value = DriverRequest.Start.class),
    @JsonSubTypes.Type(name = "job", value = DriverRequest.Job.class),
    @JsonSubTypes.Type(name = "run", value = DriverRequest.Run.class),
    @JsonSubTypes.Type(name = "cancel", value = DriverRequest.Cancel.class),
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

    /**
     * Runs a job of the user's own over a staged batch, and has its output appear. Where the output is there already,
     * nothing is run.
     *
     * @param id of the batch, for the job: the same in each attempt
     * @param sink its name
     * @param className of the job
     * @param jars with its classes, which are those that the driver was started with
     * @param settings for the job
     * @param staged URI of the staged batch's directory
     * @param root URI of the directory below which the output appears
     * @param attempts directory below it for what is not whole, which belongs to this sink alone
     * @param records of the batch after transforms, for the manifest
     * @param keyless how many of them are in no bucket
     */
    record Run(
            String id,
            String sink,
            @JsonProperty("class") String className,
            List<JobJar> jars,
            Map<String, String> settings,
            String staged,
            String root,
            String attempts,
            long records,
            long keyless)
            implements DriverRequest {
        public Run {
            jars = List.copyOf(jars);
            settings = Map.copyOf(settings);
        }
    }

    /**
     * Asks it to end a {@link Run} that is under way, which then fails.
     *
     * @param why the error that it fails with, for a person
     */
    record Cancel(String id, String why) implements DriverRequest {}

    /** Asks whether it is alive. */
    record Ping(String id) implements DriverRequest {}

    /** Asks it to end. A running job is given up; the batch stays as it was staged. */
    record Stop() implements DriverRequest {}
}
