package io.decant.ingest.pipeline;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.OffloadSettings;
import io.decant.config.Settings;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.protocol.SinkOutput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sinks of a batch take over what the job has written: those that write files to the filesystem on which batches
 * are staged, so that one rename is the whole delivery.
 */
record FinishedSinks(Settings settings) {

    private static final Logger log = LoggerFactory.getLogger(FinishedSinks.class);

    List<SinkOutput> of(Cut cut) {
        List<SinkOutput> outputs = new ArrayList<>();
        for (SinkShape shape : cut.shape().sinks()) {
            if (settings.sinks().get(shape.name()) instanceof HdfsSinkSettings hdfs && isBesideStaging(hdfs)) {
                outputs.add(new SinkOutput(
                        shape.name(),
                        shape.format(),
                        hdfs.compression().name().toLowerCase(Locale.ROOT),
                        hdfs.maxBucketDirs()));
            }
        }
        return outputs;
    }

    private boolean isBesideStaging(HdfsSinkSettings sink) {
        OffloadSettings offload = settings.offload();
        URI staging = offload.stagingUri();
        if (sink.mustBeMountpoint()) {
            // While nothing is mounted there, the directory below may be on the disk of the staging; then nothing could
            // be renamed.
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
            log.debug("{} and {}: no telling whether one can be renamed to the other", one, other, e);
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
