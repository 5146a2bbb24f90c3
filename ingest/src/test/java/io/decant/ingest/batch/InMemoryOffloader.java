package io.decant.ingest.batch;

import io.decant.offload.client.OffloadException;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkReport;
import io.decant.offload.staging.JobResult;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Does every job at once, in the caller's thread. */
public final class InMemoryOffloader implements Offloader {

    /** Where the filesystem lies, as jobs name it. */
    public static final String URI = "memory:/staging";

    private final BatchFiles files;
    private int jobs;

    public InMemoryOffloader(BatchFiles files) {
        this.files = files;
    }

    /** How many jobs there were. */
    public int jobs() {
        return jobs;
    }

    @Override
    public CompletableFuture<DriverAnswer.Done> submit(DriverRequest.Job job) {
        jobs++;
        try {
            return CompletableFuture.completedFuture(run(files, job, "out-" + jobs));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new OffloadException(e.toString(), false, e));
        }
    }

    /** Does a job as Spark would. */
    public static DriverAnswer.Done run(BatchFiles files, DriverRequest.Job job, String attempt) throws IOException {
        String directory = job.staged().substring(URI.length() + 1);
        try (InMemoryJob work = new InMemoryJob(files, directory)) {
            JobResult result = work.run(attempt);
            return new DriverAnswer.Done(
                    job.id(),
                    job.staged() + "/out",
                    result.multiplicities().buckets(),
                    result.multiplicities().records(),
                    result.keyless(),
                    1,
                    SparkReport.EMPTY);
        }
    }

    @Override
    public OffloaderStatus status() {
        return new OffloaderStatus(OffloaderStatus.State.READY, "in-memory", Optional.empty(), "", "");
    }

    @Override
    public void close() {}
}
