package io.decant.ingest.sink.hdfs;

import io.decant.bucketer.KeySpec;
import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.ClusterStorage;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.MountedFiles;
import io.decant.offload.protocol.SinkOutput;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code type: hdfs}. */
public record HdfsSinkComponent(String name, HdfsSinkSettings settings) implements SinkComponent {

    public static final SinkType<HdfsSinkSettings> TYPE =
            new SinkType<>(HdfsSinkSettings.TYPE, HdfsSinkSettings.class, HdfsSinkComponent::new);

    /** Connections to name and data nodes. */
    private static final int DESCRIPTORS = 16;

    @Override
    public Sink create(SinkContext context) {
        return new HdfsSink(
                name,
                settings,
                context.serverName(),
                context.journalId(),
                this::files,
                Executors.newSingleThreadExecutor(new DefaultThreadFactory("decant-hdfs-" + name, true)),
                context.random(),
                context.clock(),
                () -> context.wakeLane().accept(name));
    }

    private BatchFiles files() throws IOException {
        BatchFiles files = BatchFiles.connect(settings.uri(), settings.hadoopConf());
        return settings.mustBeMountpoint() ? new MountedFiles(Path.of(settings.uri()), files) : files;
    }

    @Override
    public SinkShape shape() {
        return new SinkShape(
                name,
                settings.type(),
                settings.format().name().toLowerCase(Locale.ROOT),
                Long.MAX_VALUE,
                HdfsSink.PART_BYTES_MAX);
    }

    @Override
    public String target() {
        return settings.uri().toString();
    }

    @Override
    public SinkNeeds needs() {
        return SinkNeeds.ofDescriptors(DESCRIPTORS);
    }

    /** Only on the filesystem of the staging: there one rename is the whole delivery. */
    @Override
    public Optional<SinkOutput> outputOfJob(SinkShape shape, URI staging) {
        // A job writes records; what is counted of them the sink writes.
        if (shape.isCounts() || !StagingFilesystem.isOf(settings, staging)) {
            return Optional.empty();
        }
        return Optional.of(new SinkOutput(
                name,
                shape.format(),
                settings.compression().name().toLowerCase(Locale.ROOT),
                settings.maxBucketDirs()));
    }

    @Override
    public Optional<ClusterStorage> storage() {
        return settings.isLocal()
                ? Optional.empty()
                : Optional.of(new ClusterStorage(settings.uri(), settings.hadoopConf()));
    }

    @Override
    public List<String> hints(Duration batchInterval) {
        return FilesADay.hint(name, settings, batchInterval).stream().toList();
    }

    /** Of a disk of this machine. What a cluster has to say is asked with its {@link #storage()}. */
    @Override
    public List<String> connectionProblems(KeySpec bucketKey) {
        if (!settings.isLocal()) {
            return List.of();
        }
        Path root = Path.of(settings.uri());
        Path existing = root;
        // A directory that is not there yet is made by the first batch.
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return List.of("sink " + name + ": " + existing
                    + " is not a writable directory; the server would start and keep trying");
        }
        return settings.mustBeMountpoint() ? mountProblems(root) : List.of();
    }

    private List<String> mountProblems(Path root) {
        try (BatchFiles files = new MountedFiles(root, new LocalFiles(root))) {
            files.exists("");
            return List.of();
        } catch (IOException e) {
            return List.of("sink " + name + ": " + e.getMessage() + "; the server would start and keep trying");
        }
    }

    /**
     * Whether a sink writes to the filesystem on which batches are staged, so that a rename leads from one to the
     * other.
     */
    private static final class StagingFilesystem {

        private static final Logger log = LoggerFactory.getLogger(StagingFilesystem.class);

        private StagingFilesystem() {}

        static boolean isOf(HdfsSinkSettings sink, URI staging) {
            if (sink.mustBeMountpoint()) {
                // While nothing is mounted there, the directory below may be on the disk of the staging; then nothing
                // could be renamed.
                return false;
            }
            if (sink.isLocal()) {
                return "file".equals(staging.getScheme()) && isOnOneDisk(Path.of(sink.uri()), Path.of(staging));
            }
            return Objects.equals(sink.uri().getScheme(), staging.getScheme())
                    && Objects.equals(sink.uri().getAuthority(), staging.getAuthority());
        }

        private static boolean isOnOneDisk(Path one, Path other) {
            try {
                return Files.getFileStore(existing(one)).equals(Files.getFileStore(existing(other)));
            } catch (IOException e) {
                log.debug("{} and {}: cannot tell whether one can be renamed to the other", one, other, e);
                return false;
            }
        }

        private static Path existing(Path path) {
            Path found = path.toAbsolutePath();
            while (!Files.exists(found) && found.getParent() != null) {
                found = found.getParent();
            }
            return found;
        }
    }
}
