package io.decant.ingest.server;

import io.decant.config.DataDirPlaces;
import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.JobStaging;
import io.decant.ingest.batch.StagingPlace;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkJobs;
import io.decant.offload.client.DriverCommand;
import io.decant.offload.client.DriverDeadlines;
import io.decant.offload.client.DriverOffloader;
import io.decant.offload.client.JobDriver;
import io.decant.offload.client.JobJars;
import io.decant.offload.client.SparkFolder;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.ScratchDirectory;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one way from settings to what large batches are split by. Starts and connects nothing. */
final class Offloading {

    /** Memory that each lane reads an offloaded batch through. */
    private static final long WINDOW_BYTES = 32 << 20;

    /** Behind the owner's name, for batches that are staged for jobs of the user's. */
    private static final String JOB_STAGING = "-jobs";

    private static final String SCRATCH = "scratch";
    private static final String JOB_LOG = "driver.log";
    /** In pieces of as much, a batch on a disk of this machine is read by as many tasks as Spark makes of a file. */
    private static final long LOCAL_BLOCK_BYTES = 32L << 20;
    /** Of the module spark. */
    private static final String SYNCED_HDFS = "io.decant.spark.userjob.SyncedHdfs";
    /** Of an application on YARN. */
    private static final int TAG_CHARS_MAX = 100;

    private static final Logger log = LoggerFactory.getLogger(Offloading.class);

    private Offloading() {}

    /**
     * @param settings in which offloading is on
     * @param journalId 8 hex digits
     */
    static BatchOffload.OffloadContext of(Settings settings, String journalId, RandomGenerator random) {
        OffloadSettings offload = settings.offload();
        String owner = owner(settings, journalId);
        URI place = place(settings, journalId);
        Path scratch = scratch(settings);
        DriverCommand command = DriverCommand.of(
                jars(), offload.driverMemory().bytes(), offload.hadoopConf(), offload.driverHost(), scratch);
        return new BatchOffload.OffloadContext(
                offload.above().orElseThrow().bytes(),
                WINDOW_BYTES,
                files -> BlockFileLimits.forBlocksOf(files.blockBytes()),
                new StagingPlace(place.toString(), () -> staging(offload, place)),
                new DriverOffloader(command, spark(offload, owner, scratch), DriverDeadlines.DEFAULT),
                new FinishedSinks(settings)::of,
                random);
    }

    /**
     * What sinks that run jobs need; the jars are looked at from now on.
     *
     * @param journalId 8 hex digits
     * @param jars of these sinks
     */
    static SinkJobs jobs(Settings settings, String journalId, JobJars jars) {
        OffloadSettings offload = settings.offload();
        String owner = owner(settings, journalId);
        URI places = below(offload.stagingUri(), owner + JOB_STAGING);
        return new SinkJobs() {
            @Override
            public JobStaging staging(String sink) {
                URI place = below(places, sink);
                return new JobStaging(
                        new StagingPlace(place.toString(), () -> Offloading.staging(offload, place)),
                        files -> BlockFileLimits.forBlocksOf(Math.min(
                                files.blockBytes(), offload.isStagingPrivate() ? LOCAL_BLOCK_BYTES : Long.MAX_VALUE)));
            }

            @Override
            public JobDriver driver(String sink) {
                Path folder = settings.dataDir().resolve(DataDirPlaces.JOBS).resolve(sink);
                Path scratch = folder.resolve(SCRATCH);
                // What the job writes is for others to read, as far as the server's own mask has it.
                DriverCommand command = DriverCommand.of(
                                Offloading.jars(),
                                offload.driverMemory().bytes(),
                                offload.hadoopConf(),
                                offload.driverHost(),
                                scratch)
                        .withOwnMask();
                return new JobDriver(
                        sink,
                        command,
                        sparkForJob(offload, owner + "-" + sink, scratch),
                        DriverDeadlines.DEFAULT,
                        folder.resolve(JOB_LOG));
            }

            @Override
            public JobJars jars() {
                return jars;
            }
        };
    }

    /** By sink, the jars of its job. */
    static JobJars jobJars(Settings settings) {
        Map<String, List<Path>> jars = new LinkedHashMap<>();
        for (SinkComponent sink : SinkTypes.of(settings)) {
            sink.jobJars().ifPresent(paths -> jars.put(sink.name(), paths));
        }
        return new JobJars(settings.dataDir().resolve(DataDirPlaces.JARS), jars);
    }

    private static BatchFiles staging(OffloadSettings offload, URI place) throws IOException {
        return offload.isStagingPrivate()
                ? LocalFiles.privately(Path.of(place), Path.of(offload.stagingUri()))
                : BatchFiles.connect(place, offload.hadoopConf());
    }

    /**
     * Where Spark keeps what it writes for itself: on the disk that the operator has chosen, whatever is staged
     * elsewhere.
     */
    private static Path scratch(Settings settings) {
        return settings.dataDir().resolve(DataDirPlaces.SPARK_SCRATCH);
    }

    /**
     * Removes what a driver has left that was killed with its server, also where nothing is offloaded any more; nothing
     * that Decant has not made.
     */
    static void removeScratch(Settings settings) {
        removeScratch(scratch(settings));
        Path jobs = settings.dataDir().resolve(DataDirPlaces.JOBS);
        if (!Files.isDirectory(jobs)) {
            return;
        }
        try (DirectoryStream<Path> sinks = Files.newDirectoryStream(jobs)) {
            sinks.forEach(sink -> removeScratch(sink.resolve(SCRATCH)));
        } catch (IOException e) {
            log.warn("{} cannot be read: {}", jobs, e.toString());
        }
    }

    private static void removeScratch(Path scratch) {
        try {
            new ScratchDirectory(scratch).remove();
        } catch (IOException e) {
            log.warn("{} cannot be removed: {}", scratch, e.toString());
        }
    }

    private static String owner(Settings settings, String journalId) {
        return settings.name() + "-" + journalId;
    }

    /** Where this server stages batches of this journal. */
    static URI place(Settings settings, String journalId) {
        return below(settings.offload().stagingUri(), owner(settings, journalId));
    }

    /** What has that name in a directory. */
    static URI below(URI staging, String name) {
        String base = staging.toString();
        return URI.create(base.endsWith("/") ? base + name : base + "/" + name);
    }

    /** In the distribution beside the server's own; a build puts it there. */
    private static Path jars() {
        return SparkFolder.path();
    }

    private static SparkSettings spark(OffloadSettings offload, String owner, Path scratch) {
        Map<String, String> properties = new LinkedHashMap<>();
        if (offload.isStagingPrivate()) {
            // Hadoop's local filesystem sets the permissions of each file, whatever the mask of the process.
            properties.put("spark.hadoop.fs.permissions.umask-mode", "077");
        }
        return spark(offload, owner, scratch, properties);
    }

    private static SparkSettings sparkForJob(OffloadSettings offload, String owner, Path scratch) {
        // Blocks of files that the job writes are synced by the datanodes.
        return spark(offload, owner, scratch, Map.of("spark.hadoop.fs.hdfs.impl", SYNCED_HDFS));
    }

    private static SparkSettings spark(OffloadSettings offload, String owner, Path scratch, Map<String, String> more) {
        Map<String, String> properties = new LinkedHashMap<>(more);
        properties.put("spark.local.dir", scratch.toString());
        offload.properties().forEach((name, value) -> properties.put(name, value.value()));
        return new SparkSettings(
                offload.master(),
                "decant " + owner,
                tag("decant-" + owner),
                offload.hadoopConf().map(Path::toString).orElse(""),
                offload.queue(),
                offload.executorMemory().bytes(),
                offload.executorCores(),
                offload.executorInstances().orElse(0),
                offload.archive(),
                offload.driverHost(),
                properties);
    }

    /** A long one ends with a hash of what is cut off. */
    private static String tag(String whole) {
        return whole.length() <= TAG_CHARS_MAX
                ? whole
                : whole.substring(0, TAG_CHARS_MAX - Integer.SIZE / 4) + Integer.toHexString(whole.hashCode());
    }

    /** Which sinks of a batch take over what the job has written. Stateless. */
    private static final class FinishedSinks {

        private final Map<String, SinkComponent> sinks;
        private final URI staging;

        FinishedSinks(Settings settings) {
            this.sinks =
                    SinkTypes.of(settings).stream().collect(Collectors.toMap(SinkComponent::name, Function.identity()));
            this.staging = settings.offload().stagingUri();
        }

        /** What the job writes for them, in the order of the cut. A sink may have left the settings since. */
        List<SinkOutput> of(Cut cut) {
            List<SinkOutput> outputs = new ArrayList<>();
            for (SinkShape shape : cut.shape().sinks()) {
                SinkComponent sink = sinks.get(shape.name());
                if (sink != null) {
                    sink.outputOfJob(shape, staging).ifPresent(outputs::add);
                }
            }
            return outputs;
        }
    }
}
