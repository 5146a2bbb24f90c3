package io.decant.ingest.server;

import io.decant.config.DataDirPlaces;
import io.decant.config.Settings;
import io.decant.ingest.batch.JobStaging;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkJobs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what sinks of {@code type: spark} have left that are no longer in the settings: the batch that was staged
 * for them, the log of their driver, and copies of jars. A server that starts has nothing undelivered for such a sink.
 * Which sinks there were, the directories of their drivers say, which are removed last; so what fails is tried again
 * at the next start. One look at the start, on a thread of its own, since filesystems may take their time.
 */
final class RemovedJobs {

    private static final Logger log = LoggerFactory.getLogger(RemovedJobs.class);

    private final Path dataDir;
    /** Those that are in the settings. */
    private final Set<String> sinks;

    private final SinkJobs jobs;

    /** @param jobs which is asked where a sink stages */
    RemovedJobs(Settings settings, SinkJobs jobs) {
        this.dataDir = settings.dataDir();
        this.sinks = SinkTypes.of(settings).stream()
                .filter(sink -> sink.jobJars().isPresent())
                .map(SinkComponent::name)
                .collect(Collectors.toUnmodifiableSet());
        this.jobs = jobs;
    }

    /** Begins to look. */
    void start() {
        Thread look = new Thread(this::look, "decant-removed-jobs");
        look.setDaemon(true);
        look.start();
    }

    /** Looks, and removes what it finds. */
    void look() {
        Path folder = dataDir.resolve(DataDirPlaces.JOBS);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
                for (Path sink : found) {
                    if (!sinks.contains(sink.getFileName().toString())) {
                        remove(sink);
                    }
                }
            } catch (IOException e) {
                log.warn("{} cannot be read: {}", folder, e.toString());
            }
        }
        if (sinks.isEmpty()) {
            // Else the sinks that are there know which copies are needed.
            removeJars();
        }
    }

    private void remove(Path folder) {
        String sink = folder.getFileName().toString();
        try (JobStaging staging = jobs.staging(sink)) {
            staging.removeAll();
            removeFiles(folder);
            log.info("sink {} runs no jobs any more: what was staged for it and its driver's log are removed", sink);
        } catch (IOException e) {
            log.warn("sink {} runs no jobs any more, and what it left cannot be removed yet: {}", sink, e.toString());
        }
    }

    private void removeJars() {
        Path jars = dataDir.resolve(DataDirPlaces.JARS);
        if (Files.isDirectory(jars)) {
            try {
                removeFiles(jars);
            } catch (IOException e) {
                log.warn("{} cannot be removed yet: {}", jars, e.toString());
            }
        }
    }

    /** A directory and its files. */
    private static void removeFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
