package io.decant.ingest.pipeline;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.sink.HttpSink;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.VertxHttpTransport;
import io.decant.ingest.sink.hdfs.FilesADay;
import io.decant.ingest.sink.hdfs.HdfsSink;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.MountedFiles;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sinks of the settings, made for a server. */
final class Sinks {

    private static final Logger log = LoggerFactory.getLogger(Sinks.class);

    private final Settings settings;
    private final int journalId;
    private final Vertx vertx;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Consumer<String> wakeLane;

    /**
     * @param random for any thread
     * @param wakeLane has the lane of a sink look again; any thread
     */
    Sinks(
            Settings settings,
            int journalId,
            Vertx vertx,
            RandomGenerator random,
            InstantSource clock,
            Consumer<String> wakeLane) {
        this.settings = settings;
        this.journalId = journalId;
        this.vertx = vertx;
        this.random = random;
        this.clock = clock;
        this.wakeLane = wakeLane;
    }

    /** One for each, in the order of the settings. */
    List<Sink> all() {
        return settings.sinks().entrySet().stream()
                .map(sink -> sink(sink.getKey(), sink.getValue()))
                .toList();
    }

    private Sink sink(String name, SinkSettings sink) {
        if (sink instanceof HttpSinkSettings http) {
            return http(name, http);
        }
        if (sink instanceof HdfsSinkSettings hdfs) {
            FilesADay.hint(name, hdfs, settings.batch().interval()).ifPresent(log::warn);
            return hdfs(name, hdfs);
        }
        throw new IllegalArgumentException("no sink for " + sink.getClass());
    }

    private Sink http(String name, HttpSinkSettings http) {
        return new HttpSink(
                name,
                http,
                new VertxHttpTransport(vertx, http),
                PooledByteBufAllocator.DEFAULT,
                random,
                clock,
                () -> wakeLane.accept(name));
    }

    private static BatchFiles files(HdfsSinkSettings hdfs) throws IOException {
        BatchFiles files = BatchFiles.connect(hdfs.uri(), hdfs.hadoopConf());
        return hdfs.mustBeMountpoint() ? new MountedFiles(Path.of(hdfs.uri()), files) : files;
    }

    private Sink hdfs(String name, HdfsSinkSettings hdfs) {
        return new HdfsSink(
                name,
                hdfs,
                settings.name(),
                JournalId.text(journalId),
                () -> files(hdfs),
                Executors.newSingleThreadExecutor(new DefaultThreadFactory("decant-hdfs-" + name, true)),
                random,
                clock,
                () -> wakeLane.accept(name));
    }
}
