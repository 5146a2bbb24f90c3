package io.decant.ingest.source;

import io.decant.ingest.journal.Intake;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where records come from. */
public interface Source {

    String name();

    /**
     * Begins to take records in.
     *
     * @param intake where its blocks go
     * @param kept position after the last durable record of each kept stream of this source, by the stream's name
     * @throws SourceException where it cannot listen, with what to do about it
     */
    void start(Intake intake, Map<String, ResumableStream> kept);

    /**
     * Stops taking records: listens no more, reads no more, hands in what is complete. What is unfinished is dropped;
     * its client sends it again. Completes when every block it handed in is acknowledged and every client has been
     * told, or after {@link #abort}.
     */
    CompletableFuture<Void> drain();

    /**
     * Ends all streams immediately: nothing that is not acknowledged by now ever will be.
     *
     * @param code the refusal that clients are told, e.g. {@code journal-failed}
     * @param text what is said with it
     */
    CompletableFuture<Void> abort(String code, String text);

    /**
     * Completes when everything that it imports is read once and synced; exceptionally with a {@link SourceException}
     * where a part of it cannot be. Never completes for a source that reads on for ever. Any thread.
     */
    default CompletableFuture<Void> imported() {
        return new CompletableFuture<>();
    }

    /**
     * Reads its certificate again now, and logs what came of it. Blocks while it reads; throws nothing.
     *
     * @return whether it has one
     */
    default boolean reload() {
        return false;
    }

    /** Safe from any thread. */
    SourceStatus status();
}
