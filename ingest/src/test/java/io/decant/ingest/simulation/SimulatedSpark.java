package io.decant.ingest.simulation;

import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.InMemoryOffloader;
import io.decant.ingest.batch.MemoryFiles;
import io.decant.ingest.batch.StagingPlace;
import io.decant.offload.client.OffloadException;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkReport;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * A filesystem and a cluster that outlive the servers of a simulation. Jobs are slow, fail, die in the middle and leave
 * half of their output behind; some end only when the server that asked for them has gone.
 */
final class SimulatedSpark {

    final MemoryFiles files = new MemoryFiles();
    /** Fails no more. */
    boolean healthy;

    int jobs;
    int failures;
    int leftovers;
    private final Random random;
    private final List<Running> running = new ArrayList<>();

    SimulatedSpark(Random random, SimulatedDisk disk) {
        this.random = random;
        files.trouble(() -> {
            disk.operation();
            if (!healthy && random.nextInt(60) == 0) {
                failures++;
                throw new IOException("the namenode is in safe mode");
            }
        });
    }

    private record Running(DriverRequest.Job job, CompletableFuture<DriverAnswer.Done> future) {}

    /** What one server sees of it. */
    final class Client implements Offloader {
        private boolean closed;

        @Override
        public CompletableFuture<DriverAnswer.Done> submit(DriverRequest.Job job) {
            CompletableFuture<DriverAnswer.Done> future = new CompletableFuture<>();
            if (closed) {
                future.completeExceptionally(new OffloadException("closed"));
            } else {
                running.add(new Running(job, future));
            }
            return future;
        }

        @Override
        public OffloaderStatus status() {
            return OffloaderStatus.STOPPED;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Something happens to a job that runs. */
    void work() {
        if (running.isEmpty()) {
            return;
        }
        int choice = healthy ? 0 : random.nextInt(30);
        Running one = running.get(random.nextInt(running.size()));
        if (choice < 6) {
            running.remove(one);
            end(one);
        } else if (choice < 8) {
            running.remove(one);
            failures++;
            leaveHalf(one.job());
            one.future().completeExceptionally(new OffloadException("executor lost", random.nextInt(5) == 0, null));
        }
    }

    private void end(Running one) {
        try {
            one.future().complete(InMemoryOffloader.run(files, one.job(), "out-" + ++jobs));
        } catch (FileAlreadyExistsException e) {
            one.future()
                    .complete(new DriverAnswer.Done(
                            one.job().id(), one.job().staged() + "/out", 0, 0, 0, 0, SparkReport.EMPTY));
        } catch (IOException e) {
            one.future().completeExceptionally(new OffloadException(e.toString(), false, e));
        }
    }

    private void leaveHalf(DriverRequest.Job job) {
        leftovers++;
        String directory = job.staged().substring(InMemoryOffloader.URI.length() + 1);
        try {
            if (files.exists(directory)) {
                try (SyncedOutput out = files.create(directory + "/out-dead-" + leftovers + "/run")) {
                    out.sync();
                }
            }
        } catch (IOException e) {
            // It failed before it left anything.
            failures++;
        }
    }

    /** The server is gone, and with it those who wait; jobs of a driver that has not noticed yet may still end. */
    void crash() {
        if (random.nextBoolean()) {
            running.clear();
        }
    }

    Optional<String> left() {
        return files.names().stream().findFirst();
    }

    /** @param random of the delays between attempts */
    BatchOffload.OffloadContext ground(int aboveBytes, RandomGenerator random) {
        return new BatchOffload.OffloadContext(
                aboveBytes,
                32 << 10,
                files -> new BlockFileLimits(4 << 10, 100),
                new StagingPlace(InMemoryOffloader.URI, () -> files),
                new Client(),
                cut -> List.of(),
                random);
    }
}
