package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/**
 * What a walk over one segment found, from its checkpoint to the last good entry.
 *
 * @param checkpoint null where the segment has no whole one at its beginning
 * @param state the checkpoint's state with everything behind it applied, up to the first damage
 * @param base where the segment begins; 0 where not one good entry says so
 * @param end position behind the last good entry before the first damage
 * @param bare whether no good entry stands behind the checkpoint
 * @param synced the highest synced position that an entry knows of, those behind damage included
 */
record SegmentWalk(
        CheckpointCodec.Checkpoint checkpoint, JournalState state, long base, long end, boolean bare, long synced) {

    /**
     * Walks over a segment; changes nothing.
     *
     * @param where the segment lies, for messages
     * @throws JournalException where it is of another journal, of another version or under another's name
     */
    static SegmentWalk over(ByteBuffer segment, long number, String where, int journalId) {
        EntryScanner entries = EntryScanner.wholeSegment(segment, journalId);
        CheckpointReader reader = new CheckpointReader(where);
        boolean unbroken = reader.read(entries);
        CheckpointCodec.Checkpoint checkpoint = reader.checkpoint();
        if (unbroken) {
            requireNumber(checkpoint, number, where);
        }
        JournalState state = unbroken ? checkpoint.state() : null;
        long end = unbroken ? entries.base() + entries.offset() : Math.max(0, entries.base());
        long synced = reader.synced();
        boolean bare = unbroken;
        while (entries.next()) {
            bare = false;
            synced = Math.max(synced, entries.synced());
            unbroken &= entries.missing() == 0;
            if (unbroken) {
                end = entries.base() + entries.offset();
                apply(state, entries, end, where);
            }
        }
        CheckpointReader.refuseStrangers(entries, where);
        return new SegmentWalk(checkpoint, state, Math.max(0, entries.base()), end, bare, synced);
    }

    static void requireNumber(CheckpointCodec.Checkpoint checkpoint, long number, String where) {
        if (checkpoint.segment() != number) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + where + " at offset 0 is segment " + checkpoint.segment() + ", not " + number
                            + ": files were renamed or swapped; put them back, or run 'decant journal repair'");
        }
    }

    private static void apply(JournalState state, EntryScanner entry, long end, String where) {
        try {
            apply(state, entry, end);
        } catch (RuntimeException e) {
            // A valid checksum over invalid content: no disk does that.
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + where + " at offset " + entry.documentOffset()
                            + " does not follow from what is before it (" + e.getMessage()
                            + "); see 'decant journal verify', then 'decant journal repair'",
                    e);
        }
    }

    private static void apply(JournalState state, EntryScanner entry, long end) {
        ByteBuffer body = entry.body();
        switch (entry.kind()) {
            case BLOCKS -> {
                for (int i = body.getInt(); i > 0; i--) {
                    state.apply(BlockHeader.get(body));
                }
            }
            case CUT -> {
                state.apply(EntryCodec.getCutHead(body), end);
                if (entry.format() > EntryCodec.FORMAT_FIRST) {
                    state.shapes().use(EntryCodec.getShapeNumber(body));
                }
            }
            case MARK -> state.apply(EntryCodec.getMark(body));
            case FORGET -> {
                String sink = EntryCodec.getString(body);
                if (sink.isEmpty()) {
                    state.served(body.getLong());
                } else {
                    state.forget(sink);
                }
            }
            case SHAPE -> state.shapes().add(body.getInt(), ShapeCodec.get(body));
            case EXCLUSION -> state.apply(Exclusion.get(body));
            case PLAN -> state.apply(ImportPlan.get(body));
            case DONE -> state.apply(ImportDone.get(body));
            case CHECKPOINT -> {}
        }
    }
}
