package io.decant.offload.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;

/** What the driver process says. {@link AnswerFormat} makes lines of the records: their components are its members. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "ready", value = DriverAnswer.Ready.class),
    @JsonSubTypes.Type(name = "pong", value = DriverAnswer.Pong.class),
    @JsonSubTypes.Type(name = "progress", value = DriverAnswer.Progress.class),
    @JsonSubTypes.Type(name = "waiting", value = DriverAnswer.Waiting.class),
    @JsonSubTypes.Type(name = "done", value = DriverAnswer.Done.class),
    @JsonSubTypes.Type(name = "began", value = DriverAnswer.Began.class),
    @JsonSubTypes.Type(name = "ran", value = DriverAnswer.Ran.class),
    @JsonSubTypes.Type(name = "failed", value = DriverAnswer.Failed.class)
})
public sealed interface DriverAnswer {

    /** Named by {@link Failed} where it is not about a job: the start. */
    String NO_JOB = "";

    /**
     * It can take jobs.
     *
     * @param application Spark's id of it; on YARN the application's
     */
    record Ready(String application) implements DriverAnswer {}

    record Pong(String id) implements DriverAnswer {}

    /**
     * How far a job is.
     *
     * @param stage which stage runs, from 1
     * @param stages how many there are, as far as is known
     * @param tasks of this stage
     * @param done tasks of this stage that are done
     * @param records that this stage has gone through
     */
    record Progress(String job, int stage, int stages, int tasks, int done, long records) implements DriverAnswer {}

    /**
     * Nothing moves, for a reason that is none of the driver's; said again every few seconds while it lasts.
     *
     * @param job which job waits; {@link #NO_JOB}: the start
     * @param why for a person
     */
    record Waiting(String job, String why) implements DriverAnswer {}

    /**
     * A job's output is there, whole.
     *
     * @param out URI of its directory
     * @param millis what it took
     * @param report what the cluster made of it; of a driver before 0.2.0 empty
     */
    record Done(
            String job,
            String out,
            int buckets,
            long records,
            long keyless,
            long millis,
            @JsonSetter(nulls = Nulls.SET) SparkReport report)
            implements DriverAnswer {
        public Done {
            report = report == null ? SparkReport.EMPTY : report;
        }
    }

    /**
     * A job is under way: Spark has started, and no other job is before it. Said once more when it is known what to
     * expect, and when it no longer waits for what was said before.
     *
     * @param predicted how many tasks will read the batch, how many at a time and in how many waves; empty as long as
     *     that is not known
     */
    record Began(
            String job,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.SET)
            String predicted) implements DriverAnswer {
        public Began {
            predicted = predicted == null ? "" : predicted;
        }
    }

    /**
     * The output of a job of the user's is in its place.
     *
     * @param out URI of its directory
     * @param before whether it was there before, so that nothing was run
     * @param millis what it took
     * @param report what the cluster made of it; of a driver before 0.2.0 empty
     */
    record Ran(
            String job,
            String out,
            boolean before,
            long millis,
            @JsonSetter(nulls = Nulls.SET) SparkReport report) implements DriverAnswer {
        public Ran {
            report = report == null ? SparkReport.EMPTY : report;
        }
    }

    /**
     * A job, or the start, came to nothing.
     *
     * @param error for a person
     * @param permanent whether the same job would fail again: what is staged cannot be read
     */
    record Failed(String job, String error, boolean permanent) implements DriverAnswer {}
}
