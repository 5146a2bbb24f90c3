package io.decant.ingest.batch;

import io.decant.offload.files.BatchFiles;
import io.decant.offload.staging.StagedBatch;
import java.io.IOException;

/**
 * Where one server stages the batches of one journal.
 *
 * @param uri of the directory, as the driver is told it
 * @param opener connects to its filesystem; may fail, and is asked again
 */
public record StagingPlace(String uri, Opener opener) {

    /** What is not whole yet has this before its name. */
    private static final String UNFINISHED = "_";

    /** Connects to a filesystem. */
    public interface Opener {
        BatchFiles open() throws IOException;
    }

    static String directory(long batch) {
        return StagedBatch.directoryName(batch);
    }

    static String unfinished(long batch) {
        return UNFINISHED + directory(batch);
    }

    static String out(long batch) {
        return directory(batch) + "/" + StagedBatch.OUT;
    }

    String uri(String path) {
        return uri.endsWith("/") ? uri + path : uri + "/" + path;
    }
}
