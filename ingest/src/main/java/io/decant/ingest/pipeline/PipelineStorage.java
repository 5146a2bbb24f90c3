package io.decant.ingest.pipeline;

import io.decant.ingest.batch.TrialStore;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.journal.SegmentStore;

/**
 * Where a {@link Pipeline} keeps what must survive it.
 *
 * @param segments of the journal; the pipeline closes it
 * @param journalId the number that tells the journal from others
 * @param deadLetters the files of dead letters
 * @param trials where attempts at batches are counted; the pipeline closes it
 */
public record PipelineStorage(SegmentStore segments, int journalId, DeadLetterStore deadLetters, TrialStore trials) {}
