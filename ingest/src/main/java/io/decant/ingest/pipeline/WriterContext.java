package io.decant.ingest.pipeline;

import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.Syncer;
import java.util.function.Function;

/**
 * The journal as the stage that appends to it sees it.
 *
 * @param shape what the settings make of the next batch, which is for these sinks
 * @param served how long servers have served, which the journal notes
 */
record WriterContext(
        JournalWriter writer,
        Syncer syncer,
        Positions positions,
        GroupLimits limits,
        Function<Recipients, Shape> shape,
        ServedTime served) {}
