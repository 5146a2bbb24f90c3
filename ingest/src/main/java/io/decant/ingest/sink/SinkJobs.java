package io.decant.ingest.sink;

import io.decant.ingest.batch.JobStaging;
import io.decant.offload.client.JobJars;
import io.decant.offload.client.JobRunner;

/** What a server has for sinks that run a Spark job of the user's over each batch. Any thread. */
public interface SinkJobs {

    /** Where a sink stages its batches; connects to nothing yet. */
    JobStaging staging(String sink);

    /** A driver process for a sink alone, which is not started yet. The sink closes it. */
    JobRunner driver(String sink);

    /** The jars of all sinks. */
    JobJars jars();
}
