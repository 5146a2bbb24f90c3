package io.decant.ingest.pipeline;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.Settings;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.protocol.SinkOutput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sinks whose directories a job can finish: those that its output can be renamed to. */
final class FinishedSinks {

    private static final Logger log = LoggerFactory.getLogger(FinishedSinks.class);

    private final Settings settings;
    private final URI staging;

    /** @param staging where the job's output lies */
    FinishedSinks(Settings settings, URI staging) {
        this.settings = settings;
        this.staging = staging;
    }

    /** Those of a batch. Any thread. */
    List<SinkOutput> of(Cut cut) {
        List<SinkOutput> outputs = new ArrayList<>();
        for (SinkShape shape : cut.shape().sinks()) {
            if (settings.sinks().get(shape.name()) instanceof HdfsSinkSettings hdfs
                    && isOneFilesystem(staging, hdfs.uri())) {
                outputs.add(new SinkOutput(
                        shape.name(),
                        shape.format(),
                        hdfs.compression().name().toLowerCase(Locale.ROOT),
                        hdfs.maxBucketDirs()));
            }
        }
        return outputs;
    }

    private static boolean isOneFilesystem(URI first, URI second) {
        if (!first.getScheme().equalsIgnoreCase(second.getScheme())
                || !Objects.equals(first.getRawAuthority(), second.getRawAuthority())) {
            return false;
        }
        if (!"file".equalsIgnoreCase(first.getScheme())) {
            return true;
        }
        try {
            return store(Path.of(first)).equals(store(Path.of(second)));
        } catch (IOException e) {
            log.debug("nobody knows whether {} and {} are on one disk: the sink writes by itself", first, second, e);
            return false;
        }
    }

    /** Of the path, or of what it will be made in. */
    private static FileStore store(Path path) throws IOException {
        Path there = path;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        return Files.getFileStore(there);
    }
}
