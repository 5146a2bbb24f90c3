package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.JobJar;
import io.decant.offload.protocol.SparkSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a user's job, a batch at a time, in a driver process that nobody else uses: what the job does to it, memory
 * included, touches nothing else. The process is started for the first batch, and anew where the jars have changed:
 * a JVM does not forget classes.
 *
 * <p>{@link #run} is for one thread, the rest for any.
 */
public final class JobDriver implements JobRunner {

    private final String sink;
    private final DriverCommand command;
    private final SparkSettings settings;
    private final DriverDeadlines deadlines;
    private final Path logPath;
    private final DriverLogFile logFile;

    /** All guarded by this. The process for {@code jars}; null: there was none yet. */
    private DriverSupervisor driver;

    private List<String> jars = List.of();
    private String runningId = "";
    private CompletableFuture<DriverAnswer.Ran> running;
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param sink whose job it is, for messages
     * @param logPath file of what the driver logs and the job prints
     */
    public JobDriver(
            String sink, DriverCommand command, SparkSettings settings, DriverDeadlines deadlines, Path logPath) {
        this.sink = sink;
        this.command = command;
        this.settings = settings;
        this.deadlines = deadlines;
        this.logPath = logPath;
        this.logFile = new DriverLogFile(logPath);
    }

    @Override
    public Path logPath() {
        return logPath;
    }

    @Override
    public DriverAnswer.Ran run(DriverRequest.Run request, Duration timeout)
            throws OffloadException, InterruptedException {
        DriverSupervisor supervisor = driverFor(request.jars());
        CompletableFuture<DriverAnswer.Ran> outcome;
        CompletableFuture<Void> began = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                throw new OffloadException("the server stops");
            }
            outcome = supervisor.submit(request.id(), request, DriverAnswer.Ran.class, () -> began.complete(null));
            running = outcome;
            runningId = request.id();
        }
        try {
            // However long Spark takes to start: on a cluster it may wait for room.
            CompletableFuture.anyOf(began, outcome).get();
            return await(supervisor, request.id(), outcome, timeout);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OffloadException told) {
                throw told;
            }
            throw new OffloadException(String.valueOf(e.getCause()), false, e.getCause());
        } finally {
            synchronized (this) {
                running = null;
            }
        }
    }

    private DriverAnswer.Ran await(
            DriverSupervisor supervisor, String id, CompletableFuture<DriverAnswer.Ran> outcome, Duration timeout)
            throws ExecutionException, InterruptedException {
        try {
            return outcome.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String why = "the job was ended after its timeout of " + timeout.toMillis() / 1e3 + " s";
            supervisor.tell(new DriverRequest.Cancel(id, why));
            try {
                return outcome.get(deadlines.stopWithin().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillRunning) {
                supervisor.kill(why + ", with its driver, since it did not yield");
                return outcome.get();
            }
        }
    }

    private DriverSupervisor driverFor(List<JobJar> wanted) throws OffloadException {
        List<String> paths = wanted.stream().map(JobJar::path).toList();
        DriverSupervisor stale;
        synchronized (this) {
            if (closed) {
                throw new OffloadException("the server stops");
            }
            if (driver != null && jars.equals(paths)) {
                return driver;
            }
            stale = driver;
            driver = null;
        }
        if (stale != null) {
            stale.close();
        }
        synchronized (this) {
            jars = paths;
            driver = new DriverSupervisor(
                    command, settings.withUserJars(paths), deadlines, "sink " + sink + " waits", logFile);
            return driver;
        }
    }

    @Override
    public void abandon() {
        CompletableFuture<DriverAnswer.Ran> ended;
        synchronized (this) {
            ended = running;
            if (ended != null) {
                driver.tell(new DriverRequest.Cancel(runningId, "the batch was abandoned"));
            }
        }
        if (ended != null) {
            ended.completeExceptionally(new OffloadException("the batch was abandoned"));
        }
    }

    @Override
    public OffloaderStatus status() {
        DriverSupervisor current;
        synchronized (this) {
            current = driver;
        }
        return current == null ? OffloaderStatus.STOPPED : current.status();
    }

    /** Ends the process, and what it does. */
    @Override
    public void close() {
        DriverSupervisor last;
        synchronized (this) {
            closed = true;
            last = driver;
        }
        abandon();
        if (last != null) {
            last.close();
        }
        logFile.close();
    }
}
