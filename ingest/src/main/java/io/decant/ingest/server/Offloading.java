package io.decant.ingest.server;

import io.decant.config.DataDirPlaces;
import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.StagingPlace;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.SinkComponent;
import io.decant.offload.client.DriverCommand;
import io.decant.offload.client.DriverDeadlines;
import io.decant.offload.client.DriverOffloader;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.ScratchDirectory;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.net.URI;
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
        try {
            new ScratchDirectory(scratch(settings)).remove();
        } catch (IOException e) {
            log.warn("{} cannot be removed: {}", scratch(settings), e.toString());
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
        return Path.of(System.getProperty(
                "decant.spark",
                Path.of(System.getProperty("decant.home", "."), "lib", "spark").toString()));
    }

    private static SparkSettings spark(OffloadSettings offload, String owner, Path scratch) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("spark.local.dir", scratch.toString());
        if (offload.isStagingPrivate()) {
            // Hadoop's local filesystem sets the permissions of each file, whatever the mask of the process.
            properties.put("spark.hadoop.fs.permissions.umask-mode", "077");
        }
        offload.properties().forEach((name, value) -> properties.put(name, value.value()));
        return new SparkSettings(
                offload.master(),
                "decant " + owner,
                "decant-" + owner,
                offload.hadoopConf().map(Path::toString).orElse(""),
                offload.queue(),
                offload.executorMemory().bytes(),
                offload.executorCores(),
                offload.executorInstances().orElse(0),
                offload.archive(),
                offload.driverHost(),
                properties);
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
