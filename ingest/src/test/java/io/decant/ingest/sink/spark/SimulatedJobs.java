package io.decant.ingest.sink.spark;

import static io.decant.ingest.simulation.Happenings.Happening.JOBS_FAILED;
import static io.decant.ingest.simulation.Happenings.Happening.JOBS_REPEATED;
import static io.decant.ingest.simulation.Happenings.Happening.JOBS_RUN;
import static io.decant.ingest.simulation.Happenings.Happening.JOB_ANSWERS_LOST;
import static io.decant.ingest.simulation.Happenings.Happening.JOB_OUTPUTS_FOUND;

import io.decant.config.SparkSinkSettings;
import io.decant.ingest.batch.InMemoryJob;
import io.decant.ingest.batch.InMemoryOffloader;
import io.decant.ingest.batch.JobStaging;
import io.decant.ingest.batch.MemoryFiles;
import io.decant.ingest.batch.StagingPlace;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.simulation.KeyMode;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkJobs;
import io.decant.ingest.sink.SteppedExecutor;
import io.decant.offload.client.JobJars;
import io.decant.offload.client.JobRunner;
import io.decant.offload.client.OffloadException;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkReport;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A cluster that runs a job over each batch, and the filesystem with what is staged and with the outputs; it outlives
 * the servers of a simulation. Jobs fail before they have written anything, or are done when their answer is lost. An
 * output appears whole, once, whichever attempt wrote it.
 */
public final class SimulatedJobs implements SinkJobs {

    public static final String NAME = "job";

    /** Looks at no file: the job has no jars. */
    private static final JobJars JARS = new JobJars(Path.of("no-jars"), Map.of(NAME, List.of()));

    private final Random random;
    private final Happenings happenings;
    private final MemoryFiles files = new MemoryFiles();
    private final Map<String, List<String>> outputs = new LinkedHashMap<>();
    private final Set<String> tried = new HashSet<>();
    private SteppedExecutor thread = new SteppedExecutor(false);
    /** Fails no more. */
    public boolean healthy;

    /** @param operation of the filesystem, at which the server may die */
    public SimulatedJobs(Random random, Happenings happenings, Runnable operation) {
        this.random = random;
        this.happenings = happenings;
        files.trouble(() -> {
            operation.run();
            if (!healthy && random.nextInt(60) == 0) {
                throw new IOException("the namenode is in safe mode");
            }
        });
    }

    public SparkSinkSettings settings() {
        return new SparkSinkSettings(
                "org.example.Job",
                List.of(Path.of("/job.jar")),
                URI.create("hdfs://namenode:8020/out"),
                Map.of(),
                Duration.ofMinutes(1));
    }

    /** The sink of a server that starts now. */
    public Sink sink(SparkSinkSettings settings, SinkContext server) {
        thread = new SteppedExecutor(false);
        SinkContext context = new SinkContext(
                server.serverName(),
                server.journalId(),
                server.vertx(),
                server.random(),
                server.clock(),
                server.wakeLane(),
                server.standardOutput(),
                server.builders(),
                this);
        return new SparkSink(NAME, settings, context, thread);
    }

    /** The sink's thread takes a step: a whole attempt at a batch. */
    public void work() {
        if (random.nextInt(4) == 0 || healthy) {
            thread.work();
        }
    }

    /** What all outputs have together. */
    public List<String> records() {
        List<String> records = new ArrayList<>();
        outputs.values().forEach(records::addAll);
        return records;
    }

    @Override
    public JobStaging staging(String sink) {
        return new JobStaging(
                new StagingPlace(InMemoryOffloader.URI, () -> files), any -> new BlockFileLimits(4 << 10, 100));
    }

    @Override
    public JobRunner driver(String sink) {
        return new Driver();
    }

    @Override
    public JobJars jars() {
        return JARS;
    }

    /** Of one server. */
    private final class Driver implements JobRunner {

        @Override
        public DriverAnswer.Ran run(DriverRequest.Run request, Duration timeout) throws OffloadException {
            if (!tried.add(request.id())) {
                happenings.count(JOBS_REPEATED);
            }
            mayFail(JOBS_FAILED, 4);
            List<String> records = read(request);
            List<String> before = outputs.putIfAbsent(request.id(), records);
            if (before != null && !before.equals(records)) {
                throw new AssertionError(
                        "the job gets other records of " + request.id() + ": " + before + ", then " + records);
            }
            happenings.count(before == null ? JOBS_RUN : JOB_OUTPUTS_FOUND);
            mayFail(JOB_ANSWERS_LOST, 6);
            return new DriverAnswer.Ran(request.id(), request.staged() + "/out", before != null, 1, SparkReport.EMPTY);
        }

        private void mayFail(Happenings.Happening happening, int oneOf) throws OffloadException {
            if (!healthy && random.nextInt(oneOf) == 0) {
                happenings.count(happening);
                throw new OffloadException("executor lost", random.nextInt(5) == 0, null);
            }
        }

        private List<String> read(DriverRequest.Run request) throws OffloadException {
            String directory = request.staged().substring(InMemoryOffloader.URI.length() + 1);
            try (InMemoryJob job = new InMemoryJob(files, directory)) {
                List<String> records = job.records(KeyMode::tombstone);
                if (records.size() != request.records()) {
                    throw new AssertionError(
                            records.size() + " records are staged, and the job is told of " + request.records());
                }
                return records;
            } catch (IOException e) {
                throw new OffloadException(e.toString(), false, e);
            }
        }

        @Override
        public void abandon() {}

        @Override
        public OffloaderStatus status() {
            return OffloaderStatus.STOPPED;
        }

        @Override
        public Path logPath() {
            return Path.of("job.log");
        }

        @Override
        public void close() {}
    }
}
