package io.decant.ingest.source.kafka;

import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether something may be in front of a source that ended the server: a file that is there while it reads. A
 * process that runs out of memory, or is killed, leaves it, and so does a source that ends as it should in front of
 * what may have done that, or with a partition that was stopped. It need not survive a loss of power, so it is not
 * synced. For one thread at a time.
 */
final class RunningMark {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final Path file;
    private volatile boolean wasLeft;

    /** @param folder the server's own */
    RunningMark(String source, Path folder) {
        this.source = source;
        this.file = folder.resolve("kafka-" + source + ".running");
    }

    /** The source begins to read. */
    void begin() {
        try {
            PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
        } catch (FileAlreadyExistsException e) {
            wasLeft = true;
            log.info(
                    "source {}: {} was left by the previous run: it was killed, or ended with a stopped"
                            + " partition or before its next records were known to be safe; the first records of each"
                            + " partition are checked before they are unpacked",
                    source,
                    file.getFileName());
        } catch (IOException e) {
            log.warn("source {}: {} cannot be made: {}", source, file, e.toString());
        }
    }

    /** Whether the source before left the file. */
    boolean wasLeft() {
        return wasLeft;
    }

    /** The source has ended as it should, and nothing that may end the server is known to be in front of it. */
    void end() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("source {}: {} cannot be removed: {}", source, file, e.toString());
        }
    }
}
