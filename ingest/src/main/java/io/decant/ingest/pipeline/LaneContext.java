package io.decant.ingest.pipeline;

import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.stage.StageWaker;

/**
 * What all lanes share.
 *
 * @param batches told of each batch
 * @param writer has the marks taken that a lane has put
 */
record LaneContext(SharedBatches shared, Positions positions, BatchRecorder batches, StageWaker writer) {}
