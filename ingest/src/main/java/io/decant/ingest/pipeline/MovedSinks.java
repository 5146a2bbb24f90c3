package io.decant.ingest.pipeline;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.sink.SinkComponent;
import java.util.List;
import java.util.Set;

/**
 * Sinks whose settings lead to another place than their undelivered batches were cut for: there it is not
 * known what was delivered already. A start with one is refused, unless the operator says that it may be.
 */
public final class MovedSinks {

    private MovedSinks() {}

    /**
     * @param sinks of the settings
     * @param accepted names of those that may have moved
     * @throws JournalException where one that may not has undelivered batches
     */
    public static void check(JournalState journal, List<SinkComponent> sinks, Set<String> accepted) {
        for (SinkComponent sink : sinks) {
            Mark mark = journal.marks().get(sink.name());
            if (mark == null || mark.batch() >= journal.lastBatch() || accepted.contains(sink.name())) {
                continue;
            }
            journal.lastShape(sink.name()).flatMap(sink::movedFrom).ifPresent(before -> {
                throw new JournalException(
                        JournalException.Kind.SETTINGS,
                        "sink '" + sink.name() + "' has undelivered batches " + (mark.batch() + 1) + " to "
                                + journal.lastBatch() + ", for which " + before
                                + "; parts of them may be written there already and would be written again here: set"
                                + " it back, or start with --accept-moved-sink " + sink.name());
            });
        }
    }
}
