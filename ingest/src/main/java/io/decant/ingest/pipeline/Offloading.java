package io.decant.ingest.pipeline;

import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.StagingPlace;
import io.decant.offload.client.DriverCommand;
import io.decant.offload.client.DriverDeadlines;
import io.decant.offload.client.DriverOffloader;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The one way from settings to what large batches are parted by. Starts and connects nothing. */
final class Offloading {

    /** Memory that each lane reads an offloaded batch through. */
    private static final long WINDOW_BYTES = 32 << 20;

    private Offloading() {}

    /**
     * @param settings in which offloading is on
     * @param journalId 8 hex digits
     */
    static BatchOffload.Ground of(Settings settings, String journalId, RandomGenerator random) {
        OffloadSettings offload = settings.offload();
        String owner = settings.name() + "-" + journalId;
        URI place = below(offload.stagingUri(), owner);
        DriverCommand command =
                DriverCommand.of(jars(), offload.driverMemory().bytes(), offload.hadoopConf(), offload.driverHost());
        return new BatchOffload.Ground(
                offload.above().orElseThrow().bytes(),
                WINDOW_BYTES,
                files -> BlockFileLimits.forBlocksOf(files.blockBytes()),
                new StagingPlace(place.toString(), () -> BatchFiles.connect(place, offload.hadoopConf())),
                new DriverOffloader(command, spark(offload, owner), DriverDeadlines.DEFAULT),
                new FinishedSinks(settings)::of,
                random);
    }

    private static URI below(URI staging, String name) {
        String base = staging.toString();
        return URI.create(base.endsWith("/") ? base + name : base + "/" + name);
    }

    /** In the distribution beside the server's own; a build puts it there. */
    private static Path jars() {
        return Path.of(System.getProperty(
                "decant.spark",
                Path.of(System.getProperty("decant.home", "."), "lib", "spark").toString()));
    }

    private static SparkSettings spark(OffloadSettings offload, String owner) {
        Map<String, String> properties = new LinkedHashMap<>();
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
}
