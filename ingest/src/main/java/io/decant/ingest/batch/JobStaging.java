package io.decant.ingest.batch;

import io.decant.ingest.journal.JournalException;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.CheckedFiles;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagingFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the batches of one sink are staged for a job, one at a time: what lies there of any other is removed. Owned by
 * one thread, which waits for the filesystem.
 */
public final class JobStaging implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JobStaging.class);

    private final StagingPlace place;
    private final Function<BatchFiles, BlockFileLimits> limits;
    private BatchFiles files;

    /**
     * Connects to nothing yet.
     *
     * @param place nobody else's
     * @param limits of block files, by the filesystem
     */
    public JobStaging(StagingPlace place, Function<BatchFiles, BlockFileLimits> limits) {
        this.place = place;
        this.limits = limits;
    }

    /**
     * Copies a batch to where Spark reads it, unless it is there, whole.
     *
     * @param isStopped asked after each file
     * @return URI of its directory
     * @throws CancellationException once that says so; nothing of the batch is read any more
     * @throws JournalException where the journal does not hold the batch
     */
    public String stage(BatchBlocks blocks, BooleanSupplier isStopped) throws IOException {
        String directory = StagingPlace.directory(blocks.batch());
        for (String left : files().list("")) {
            if (!left.equals(directory)) {
                files().delete(left);
            }
        }
        if (!isStaged(blocks, directory)) {
            files().delete(directory);
            BatchStaging staging = new BatchStaging(
                    blocks.journal(),
                    files(),
                    limits.apply(files()),
                    blocks.cut(),
                    blocks.leftOutOrdinals(),
                    blocks.start(),
                    blocks.limit());
            do {
                if (isStopped.getAsBoolean()) {
                    throw new CancellationException();
                }
            } while (!step(staging));
        }
        return place.uri(directory);
    }

    private static boolean step(BatchStaging staging) throws IOException {
        try {
            return staging.step();
        } catch (JournalException e) {
            if (e.kind() == JournalException.Kind.OUT_OF_DESCRIPTORS) {
                // The journal is as it was; others may give some back.
                throw new IOException(e.getMessage(), e);
            }
            throw e;
        }
    }

    private boolean isStaged(BatchBlocks blocks, String directory) throws IOException {
        String description = directory + "/" + StagedBatch.FILE_NAME;
        if (!files().exists(description)) {
            return false;
        }
        String text;
        try (InputStream in = files().open(description)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            return BatchStaging.isOf(
                    blocks.cut(), blocks.leftOut(), blocks.journalIdText(), StagedBatch.fromJson(text));
        } catch (JsonFormatException | StagingFormatException | RuntimeException e) {
            log.warn("batch {}: {} cannot be read: {}", blocks.batch(), StagedBatch.FILE_NAME, e.toString());
            return false;
        }
    }

    /** Removes what is staged of a batch, and the place if it is empty then. */
    public void remove(long batch) throws IOException {
        files().delete(StagingPlace.directory(batch));
        if (files().list("").isEmpty()) {
            files().delete("");
        }
    }

    /** Removes all that is staged for the sink, and its place. */
    public void removeAll() throws IOException {
        files().delete("");
    }

    private BatchFiles files() throws IOException {
        if (files == null) {
            files = CheckedFiles.connect(place.opener()::open);
        }
        return files;
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }
}
