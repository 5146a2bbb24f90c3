package io.decant.ingest.batch;

import io.decant.ingest.journal.JournalView;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.json.JsonFormatException;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagingFormatException;
import java.io.IOException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings large batches to where Spark reads them, unless they are there. Owned by the stage's thread. */
final class BatchStager {

    private static final Logger log = LoggerFactory.getLogger(BatchStager.class);

    private final StagingArea area;
    private final Function<BatchFiles, BlockFileLimits> limits;
    private final JournalView journal;

    BatchStager(StagingArea area, Function<BatchFiles, BlockFileLimits> limits, JournalView journal) {
        this.area = area;
        this.limits = limits;
        this.journal = journal;
    }

    /**
     * Takes what an earlier server, or an earlier attempt, has staged of a {@link OffloadState#LARGE} batch, or begins
     * to stage it.
     */
    void begin(OffloadTask batch) throws IOException {
        KnownShape.require(batch.cut(), HashSalt.ofEnvironment());
        long number = batch.number();
        String directory = StagingPlace.directory(number);
        String description = directory + "/" + StagedBatch.FILE_NAME;
        if (!batch.isToBeStagedAnew() && area.exists(description)) {
            if (isOf(batch, area.read(description))) {
                area.add(number);
                batch.staged();
                return;
            }
            log.warn("batch {}: what is staged in {} is another batch, and is removed", number, area.uri(directory));
        }
        area.files().delete(directory);
        batch.staging(new BatchStaging(
                journal,
                area.files(),
                limits.apply(area.files()),
                batch.cut(),
                ExcludedRecords.ordinals(batch.excluded()),
                batch.extent().start(),
                batch.extent().limit()));
        log.info(
                "batch {}: {} records, {} bytes are split on Spark, staged in {}",
                number,
                batch.cut().records(),
                batch.cut().bytes(),
                area.uri(directory));
    }

    /** A description that cannot be read is of no batch: it will not get better. */
    private boolean isOf(OffloadTask batch, String description) {
        try {
            return BatchStaging.isOf(
                    batch.cut(), batch.excluded().size(), journal.idText(), StagedBatch.fromJson(description));
        } catch (JsonFormatException | StagingFormatException | RuntimeException e) {
            log.warn("batch {}: {} cannot be read: {}", batch.number(), StagedBatch.FILE_NAME, e.toString());
            return false;
        }
    }

    /** Writes one more file of a batch that is {@link OffloadState#STAGING}. */
    void step(OffloadTask batch) throws IOException {
        area.add(batch.number());
        if (batch.staging().step()) {
            batch.staged();
        }
    }
}
