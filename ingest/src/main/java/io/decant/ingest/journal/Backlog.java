package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What a sink has not had of what is cut.
 *
 * @param records of the batches that it has not had whole
 * @param oldestMillis start of the window of the oldest of them, milliseconds since the epoch; {@link #NONE} where there is none
 */
public record Backlog(long records, long oldestMillis) {

    /** There is no batch. */
    public static final long NONE = Long.MIN_VALUE;

    private static final Backlog EMPTY = new Backlog(0, NONE);

    /**
     * Counts it for each sink of a journal that was just recovered. Reads the entries' headers and the cuts, no payload:
     * recovery has checked all of it.
     */
    public static Map<String, Backlog> count(SegmentTable segments, JournalState state) {
        Map<String, Backlog> backlogs = new HashMap<>();
        state.marks().keySet().forEach(sink -> backlogs.put(sink, EMPTY));
        long position = state.delivered();
        try {
            while (position >= 0 && position < state.cutEnd()) {
                try (SegmentTable.Segment segment = segments.pin(position)) {
                    count(segment.view().buffer(), position - segment.base(), state, backlogs);
                    position = segments.baseAfter(segment.base());
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

    private static void count(ByteBuffer segment, long from, JournalState state, Map<String, Backlog> backlogs) {
        DocumentScanner documents = new DocumentScanner(segment, from);
        while (documents.next()) {
            if (EntryCodec.kind(segment, documents.content()) == EntryKind.CUT) {
                Cut cut = EntryCodec.getCut(EntryCodec.body(segment, documents.content(), documents.contentLength()));
                backlogs.replaceAll(
                        (sink, backlog) -> cut.batch() > state.marks().get(sink).batch() ? backlog.plus(cut) : backlog);
            }
        }
    }

    private Backlog plus(Cut cut) {
        return new Backlog(records + cut.records(), oldestMillis == NONE ? cut.windowStartMillis() : oldestMillis);
    }

    /** That of a sink that the journal does not know. */
    public static Backlog empty() {
        return EMPTY;
    }
}
