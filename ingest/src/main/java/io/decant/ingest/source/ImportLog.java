package io.decant.ingest.source;

import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the journal keeps of imports, and the way for more of it into the journal. Any thread; nobody waits in it. */
public interface ImportLog {

    /** What the journal had, when it was opened, of what a source is going to read. */
    Optional<ImportPlan> plan(String source);

    /** What the journal had, when it was opened, of what a source has read, table by table. */
    List<ImportDone> done(String source);

    /**
     * Keeps what a source is going to read.
     *
     * @return completes when it is synced; exceptionally with an {@link IllegalStateException} where the journal has no
     *     room for it. It completes on a thread of the journal's: pass the message on
     */
    CompletableFuture<Void> write(ImportPlan plan);

    /** The same for what a source has read. Its rows must be synced. */
    CompletableFuture<Void> write(ImportDone done);
}
