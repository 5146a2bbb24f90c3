package io.decant.ingest.journal;

import io.decant.ingest.journal.Cut.CutHead;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Records in closed batches that a sink has not delivered yet.
 *
 * @param records of the batches that it has not delivered completely
 * @param oldestMillis start of the window of the oldest of them, milliseconds since the epoch; {@link #NONE} where
 *     there is none
 */
public record Backlog(long records, long oldestMillis) {

    /** There is no batch. */
    public static final long NONE = Long.MIN_VALUE;

    private static final Backlog EMPTY = new Backlog(0, NONE);

    /**
     * Counts it for each sink of a journal that was just recovered. Reads the entries' headers and the cuts, no
     * payload: recovery has checked all of it.
     */
    public static Map<String, Backlog> count(SegmentTable segments, int journalId, JournalState state) {
        Map<String, Backlog> backlogs = new HashMap<>();
        state.marks().keySet().forEach(sink -> backlogs.put(sink, EMPTY));
        long position = state.delivered();
        try {
            while (position >= 0 && position < state.cutEnd()) {
                try (SegmentTable.Segment segment = segments.pin(position)) {
                    long next = segments.baseAfter(segment.base());
                    long end = next < 0 ? state.cutEnd() : next;
                    EntryScanner entries = EntryScanner.checkedBefore(
                            segment.view().buffer(),
                            journalId,
                            segment.base(),
                            position - segment.base(),
                            end - segment.base());
                    count(entries, state, backlogs);
                    position = next;
                }
            }
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal: cannot read at " + position + ": " + e.getMessage(),
                    e);
        }
        return backlogs;
    }

    private static void count(EntryScanner entries, JournalState state, Map<String, Backlog> backlogs) {
        while (entries.next()) {
            if (entries.kind() == EntryKind.CUT) {
                CutHead cut = EntryCodec.getCutHead(entries.body());
                backlogs.replaceAll(
                        (sink, backlog) -> cut.batch() > state.marks().get(sink).batch() ? backlog.plus(cut) : backlog);
            }
        }
    }

    private Backlog plus(CutHead cut) {
        return new Backlog(records + cut.records(), oldestMillis == NONE ? cut.windowStartMillis() : oldestMillis);
    }

    /** That of a sink that the journal does not know. */
    public static Backlog empty() {
        return EMPTY;
    }
}
