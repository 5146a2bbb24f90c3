package io.decant.ingest.pipeline;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.KeptBatches;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.sink.SinkComponent;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Delivered batches that a sink is to get again, as requested at a start.
 *
 * @param sink its name in the settings
 * @param from number of the first batch
 * @param to number of the last; empty: the last that the sink has whole
 */
public record ReplayRange(String sink, long from, OptionalLong to) {

    /** @throws IllegalArgumentException if there is no such range */
    public ReplayRange {
        if (from < 1 || (to.isPresent() && to.getAsLong() < from)) {
            throw new IllegalArgumentException(
                    "batches " + from + " to " + (to.isPresent() ? to.getAsLong() : "the last"));
        }
    }

    /**
     * Finds its first batch.
     *
     * @param sinks the names in the settings
     * @throws JournalException where the sink is not there, or cannot get these batches again
     */
    KeptBatches.Kept find(Set<String> sinks, JournalState state, KeptBatches kept) {
        if (!sinks.contains(sink)) {
            throw refused("the settings have no such sink, but " + String.join(", ", sinks));
        }
        long last = last(state);
        long wanted = to.orElse(from);
        if (wanted > last) {
            throw refused("batch " + wanted + " is after the last one that it has completely, which is " + last);
        }
        long oldest = kept.oldest();
        if (from < oldest) {
            throw refused("batch " + from + " is no longer retained; "
                    + (oldest > last ? "no delivered batch is" : "the oldest retained is " + oldest)
                    + " (see journal.retain)");
        }
        KeptBatches.Kept first = kept.find(from);
        if (first.cut().shape().sink(sink) == null) {
            throw refused("batch " + from + " was not for this sink");
        }
        return first;
    }

    /** @throws JournalException where the sink must get all up to the newest batch, and this ends before */
    void requireFits(List<SinkComponent> sinks) {
        if (to.isPresent() && sinks.stream().anyMatch(each -> each.name().equals(sink) && each.replaysToNewest())) {
            throw refused("what it delivers overwrites newer rows, so it must continue to the newest batch; leave out"
                    + " --to-batch");
        }
    }

    /** Number of the last batch. */
    long last(JournalState state) {
        Mark mark = state.marks().get(sink);
        long has = mark == null ? 0 : mark.batch();
        return to.isPresent() ? Math.min(to.getAsLong(), has) : has;
    }

    /**
     * The same, or the batch behind it if the sink is in the middle of that.
     *
     * @param partial whether that one counts
     */
    long last(JournalState state, boolean partial) {
        Mark mark = state.marks().get(sink);
        boolean isInside = mark != null
                && (mark.bucket() > 0 || mark.first() > 0 || !mark.pieces().isEmpty());
        return last(state) + (partial && isInside ? 1 : 0);
    }

    private JournalException refused(String why) {
        return new JournalException(
                JournalException.Kind.SETTINGS,
                "cannot replay from batch " + from + " for sink '" + sink + "': " + why);
    }
}
