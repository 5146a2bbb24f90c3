package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal back after whatever happened to it: finds the newest checkpoint, applies what stands behind it,
 * checks what is undelivered before it, and cuts off a tail that was never acknowledged.
 *
 * <p><b>Tail or middle?</b> The writer runs ahead of the syncer, so a power cut may leave good entries behind bad ones.
 * What tells an unsynced tail from damaged data is the synced position that each entry carries: if any good entry
 * behind the damage knows a synced position beyond it, the damage is to something acknowledged, and a person has to
 * decide.
 *
 * <p>Everything read is forced before it counts as synced, unless an entry knows that it is: after a {@code kill -9} it
 * may still be in memory only. Segments that every sink is past are not read at all, so that a start costs the same
 * however many of them are kept.
 */
public final class JournalRecovery {

    private static final Logger log = LoggerFactory.getLogger(JournalRecovery.class);

    /**
     * A journal that was read back.
     *
     * @param end position behind the last good entry
     * @param nextSegment number of the segment to open
     * @param bases base of each segment from which something may be wanted yet, by number
     * @param passed numbers of the segments before those, in order: every sink is past them, and their content was not
     *     read
     */
    public record Recovered(
            JournalState state, long end, long nextSegment, NavigableMap<Long, Long> bases, List<Long> passed) {}

    private final SegmentStore store;
    private final int journalId;
    private final Consumer<String> told;
    private final NavigableMap<Long, Long> bases = new TreeMap<>();

    public JournalRecovery(SegmentStore store, int journalId) {
        this(store, journalId, log::warn);
    }

    /** @param told what it changes beyond the expected, a line each */
    JournalRecovery(SegmentStore store, int journalId, Consumer<String> told) {
        this.store = store;
        this.journalId = journalId;
        this.told = told;
    }

    /**
     * @throws JournalException where it must not go on by itself
     */
    public Recovered recover() {
        try {
            List<Long> numbers = new ArrayList<>(store.existing());
            Collections.sort(numbers);
            return recover(numbers);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE, "journal: cannot be read: " + e.getMessage(), e);
        }
    }

    private Recovered recover(List<Long> numbers) throws IOException {
        long newest = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        // From the newest segment back to the first that was ever synced: those behind it were begun and no more.
        int last = numbers.size() - 1;
        SegmentWalk walk = null;
        while (last >= 0) {
            long number = numbers.get(last);
            SegmentWalk found = walk(number);
            if (found.checkpoint() == null) {
                requireUnsynced(number, 0, found.base(), found.synced());
                dropUnsynced(number);
                last--;
                continue;
            }
            boolean beforeWasSynced = found.synced() >= found.base();
            if (last > 0 && !beforeWasSynced && numbers.get(last - 1) == number - 1) {
                SegmentWalk before = walk(number - 1);
                if (before.checkpoint() != null
                        && before.end() != found.checkpoint().base()) {
                    // The segment before was not synced whole, so nothing in this one was ever acknowledged.
                    requireUnsynced(
                            number - 1,
                            before.end() - before.base(),
                            before.end(),
                            Math.max(before.synced(), found.synced()));
                    bases.remove(number);
                    dropUnsynced(number);
                    last--;
                    continue;
                }
            }
            walk = found;
            break;
        }
        if (walk == null) {
            return new Recovered(new JournalState(), 0, newest + 1, bases, List.of());
        }
        long number = numbers.get(last);
        cutOffTail(number, walk);
        List<Long> there = numbers.subList(0, last + 1);
        addUndelivered(walk.state(), there);
        force(walk);
        verifyUndelivered(walk.state(), number);
        List<Long> passed =
                there.stream().filter(existing -> !bases.containsKey(existing)).toList();
        if (walk.bare() && walk.state().delivered() < walk.base()) {
            // A start in which nothing came leaves nothing: the segment before it says the same of what is undelivered.
            store.remove(number);
            bases.remove(number);
            return new Recovered(walk.state(), walk.base(), number, bases, passed);
        }
        return new Recovered(walk.state(), walk.end(), number + 1, bases, passed);
    }

    /**
     * Finds out where the segments begin that hold something undelivered, as far back as there is an unbroken row of
     * them.
     */
    private void addUndelivered(JournalState state, List<Long> numbers) throws IOException {
        long number = numbers.get(numbers.size() - 1);
        for (int before = numbers.size() - 2; before >= 0 && bases.get(number) > state.delivered(); before--) {
            number--;
            if (numbers.get(before) != number) {
                return;
            }
            addBase(number);
            if (!bases.containsKey(number)) {
                return;
            }
        }
    }

    /**
     * Makes sure of everything that was read and of which no entry says that it is on the disk: what lies behind
     * {@code walk.synced()}.
     */
    private void force(SegmentWalk walk) throws IOException {
        long end = walk.end();
        for (Map.Entry<Long, Long> segment : bases.descendingMap().entrySet()) {
            long base = segment.getValue();
            if (end > walk.synced()) {
                store.force(segment.getKey(), Math.min(Math.max(0, walk.synced() - base), end - base), end - base);
            }
            end = base;
        }
    }

    private SegmentWalk walk(long number) throws IOException {
        try (SegmentStore.SegmentView view = store.view(number)) {
            SegmentWalk walk = SegmentWalk.over(view.buffer(), number, store.describe(number), journalId);
            if (walk.checkpoint() != null) {
                bases.put(number, walk.base());
            }
            return walk;
        }
    }

    /** Cuts the newest segment off behind its last good entry, if what follows was never synced. */
    private void cutOffTail(long number, SegmentWalk walk) throws IOException {
        long length = walk.end() - walk.base();
        requireUnsynced(number, length, walk.end(), walk.synced());
        String kept = store.truncate(number, length);
        if (!kept.isEmpty()) {
            told.accept("journal: " + store.describe(number)
                    + " ends in unfinished or damaged data, and nothing shows that it was ever acknowledged;"
                    + " it is cut off at offset "
                    + length + " and kept as " + kept);
        }
    }

    /** Refuses to go on if {@code synced}, a position that is known to be synced, is beyond the damaged one. */
    private void requireUnsynced(long number, long offset, long position, long synced) {
        if (synced > position) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + store.describe(number) + " is damaged at offset " + offset
                            + ", before data that was acknowledged; see 'decant journal verify', then 'decant"
                            + " journal repair'");
        }
    }

    private void dropUnsynced(long number) throws IOException {
        String kept = store.setAside(number);
        told.accept("journal: " + store.describe(number)
                + " was started, and nothing shows that anything in it was ever acknowledged"
                + (kept.isEmpty() ? "" : "; it is kept as " + kept));
    }

    private void addBase(long number) throws IOException {
        if (bases.containsKey(number)) {
            return;
        }
        try (SegmentStore.SegmentView view = store.view(number)) {
            EntryScanner entries = EntryScanner.wholeSegment(view.buffer(), journalId);
            CheckpointReader reader = new CheckpointReader(store.describe(number));
            if (reader.read(entries)) {
                SegmentWalk.requireNumber(reader.checkpoint(), number, store.describe(number));
            }
            if (entries.base() >= 0) {
                bases.put(number, entries.base());
            }
        }
    }

    /** Checks everything that some sink still has to get and that lies before the newest checkpoint. */
    private void verifyUndelivered(JournalState state, long newest) throws IOException {
        long from = state.delivered();
        for (long number = newest; bases.get(number) > from; ) {
            long base = bases.get(number);
            number--;
            if (!bases.containsKey(number)) {
                throw new JournalException(
                        JournalException.Kind.DAMAGED,
                        "journal: " + store.describe(number)
                                + " is missing or unreadable, and holds undelivered data from position " + from
                                + "; restore the file, or see 'decant journal verify', then 'decant journal repair'");
            }
            verify(number, from, base);
        }
    }

    /**
     * Checks a segment from position {@code from} on, if that lies in it, up to {@code end}, where the next one begins.
     */
    private void verify(long number, long from, long end) throws IOException {
        long base = bases.get(number);
        try (SegmentStore.SegmentView view = store.view(number)) {
            EntryScanner entries = EntryScanner.range(view.buffer(), journalId, base, 0, end - base);
            SegmentShapes shapes = new SegmentShapes();
            while (entries.next()) {
                boolean counts = base + entries.documentOffset() > from;
                if (counts && entries.missing() > 0) {
                    throw damaged(number, entries.gapFrom());
                }
                shapes.take(entries);
                // It may have been written before what counts, where damage is passed over.
                if (counts && entries.kind() == EntryKind.CUT && !hasShape(entries, shapes)) {
                    throw damaged(number, entries.documentOffset());
                }
            }
            CheckpointReader.refuseStrangers(entries, store.describe(number));
            if (base + entries.offset() != end) {
                throw damaged(number, entries.offset());
            }
        }
    }

    /** Whether a cut, of which only the checksum is known to be good, can be read with its shape. */
    private static boolean hasShape(EntryScanner cut, SegmentShapes shapes) {
        try {
            return EntryCodec.getCut(cut.body(), cut.format(), shapes::of) != null;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            log.debug("journal: a cut with a good checksum cannot be read", e);
            return false;
        }
    }

    private JournalException damaged(long number, long offset) {
        return new JournalException(
                JournalException.Kind.DAMAGED,
                "journal: " + store.describe(number) + " is damaged at offset " + offset
                        + ", in undelivered data; see 'decant journal verify', then 'decant journal repair'");
    }
}
