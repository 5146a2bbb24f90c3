package io.decant.ingest.pipeline;

import io.decant.ingest.batch.ExclusionJournal;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.Positions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Records that are to be set aside, on their way to the journal: lanes ask, the writer appends, and what is synced
 * holds. At most one for each batch that is being loaded. Thread-safe.
 */
final class ExclusionRequests implements ExclusionJournal {

    private static final long NOT_APPENDED = -1;
    private static final long REFUSED = -2;

    private final Positions positions;
    private final Runnable wakeWriter;
    /** Position behind the entry of each, or one of the above. */
    private final Map<Exclusion, Long> ends = new LinkedHashMap<>();
    /** The sinks that the batch is for, of each that waits for the writer. */
    private final Map<Exclusion, Set<String>> sinks = new HashMap<>();

    ExclusionRequests(Positions positions, Runnable wakeWriter) {
        this.positions = positions;
        this.wakeWriter = wakeWriter;
    }

    @Override
    public void ask(Exclusion exclusion, Set<String> sinksOfBatch) {
        synchronized (this) {
            if (ends.putIfAbsent(exclusion, NOT_APPENDED) != null) {
                return;
            }
            sinks.put(exclusion, sinksOfBatch);
        }
        wakeWriter.run();
    }

    @Override
    public synchronized State take(Exclusion exclusion) {
        long end = ends.getOrDefault(exclusion, NOT_APPENDED);
        if (end == REFUSED) {
            ends.remove(exclusion);
            return State.REFUSED;
        }
        if (end == NOT_APPENDED || end > positions.synced()) {
            return State.WAITING;
        }
        ends.remove(exclusion);
        return State.SYNCED;
    }

    /** One that waits for the writer; null where none does. */
    synchronized Exclusion next() {
        return ends.entrySet().stream()
                .filter(entry -> entry.getValue() == NOT_APPENDED)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** The sinks that the batch is for of which one waits. */
    synchronized Set<String> sinksOf(Exclusion waiting) {
        return sinks.get(waiting);
    }

    /** The writer has appended it; {@code end} is the position behind its entry. */
    synchronized void appended(Exclusion exclusion, long end) {
        ends.put(exclusion, end);
        sinks.remove(exclusion);
    }

    /** The journal does not take it. */
    synchronized void refused(Exclusion exclusion) {
        ends.put(exclusion, REFUSED);
        sinks.remove(exclusion);
    }
}
