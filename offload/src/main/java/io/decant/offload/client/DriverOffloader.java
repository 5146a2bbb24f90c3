package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkSettings;
import java.util.concurrent.CompletableFuture;

/** Has one driver process for all batches, which is started for the first one. Thread-safe. */
public final class DriverOffloader implements Offloader {

    private final DriverSupervisor driver;

    /** Starts nothing yet. */
    public DriverOffloader(DriverCommand command, SparkSettings settings, DriverDeadlines deadlines) {
        driver = new DriverSupervisor(command, settings, deadlines, "large batches wait", line -> {});
    }

    @Override
    public CompletableFuture<DriverAnswer.Done> submit(DriverRequest.Job job) {
        return driver.submit(job.id(), job, DriverAnswer.Done.class, () -> {});
    }

    @Override
    public OffloaderStatus status() {
        return driver.status();
    }

    @Override
    public void close() {
        driver.close();
    }
}
