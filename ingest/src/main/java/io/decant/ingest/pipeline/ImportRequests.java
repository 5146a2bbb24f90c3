package io.decant.ingest.pipeline;

import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.source.ImportLog;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What imports want to have kept, on its way to the journal: sources ask, the writer appends, the syncer says that it
 * is durable. At most a few for each source at a time. Thread-safe.
 */
final class ImportRequests implements ImportLog {

    /** One that waits: for the writer, then, with the position behind its entry, for a sync. */
    private static final class Request {
        private final Consumer<JournalWriter> entry;
        private final CompletableFuture<Void> kept = new CompletableFuture<>();
        private long end;

        Request(Consumer<JournalWriter> entry) {
            this.entry = entry;
        }
    }

    private final Positions positions;
    private final Runnable wakeWriter;
    private final Map<String, ImportPlan> plans = new HashMap<>();
    private final Map<String, List<ImportDone>> done = new HashMap<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Deque<Request> unsynced = new ArrayDeque<>();

    /**
     * @param state as it was when the journal was opened
     * @param sources in the settings
     */
    ImportRequests(JournalState state, Collection<String> sources, Positions positions, Runnable wakeWriter) {
        this.positions = positions;
        this.wakeWriter = wakeWriter;
        for (String source : sources) {
            state.plan(source).ifPresent(plan -> plans.put(source, plan));
            done.put(source, state.done(source));
        }
    }

    @Override
    public Optional<ImportPlan> plan(String source) {
        return Optional.ofNullable(plans.get(source));
    }

    @Override
    public List<ImportDone> done(String source) {
        return done.getOrDefault(source, List.of());
    }

    @Override
    public CompletableFuture<Void> write(ImportPlan plan) {
        return ask(new Request(writer -> writer.append(plan)));
    }

    @Override
    public CompletableFuture<Void> write(ImportDone read) {
        return ask(new Request(writer -> writer.append(read)));
    }

    private CompletableFuture<Void> ask(Request request) {
        synchronized (this) {
            waiting.add(request);
        }
        wakeWriter.run();
        return request.kept;
    }

    /** Whether something waits for the writer. */
    synchronized boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Appends what has waited longest; the writer's thread. A journal without room for it refuses that alone. */
    void appendNext(JournalWriter writer) {
        Request next;
        synchronized (this) {
            next = waiting.remove();
        }
        try {
            next.entry.accept(writer);
        } catch (IllegalStateException e) {
            next.kept.completeExceptionally(e);
            return;
        }
        synchronized (this) {
            next.end = positions.appended();
            unsynced.add(next);
        }
    }

    /** Tells those whose entries are synced; the syncer's thread. */
    void afterSync() {
        long synced = positions.synced();
        for (Request next = nextSynced(synced); next != null; next = nextSynced(synced)) {
            next.kept.complete(null);
        }
    }

    private synchronized Request nextSynced(long synced) {
        return unsynced.isEmpty() || unsynced.peek().end > synced ? null : unsynced.remove();
    }
}
