package io.decant.ingest.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The batches that are still in a journal whole, delivered or not, and where they begin. Finds one by bisection over
 * the segments' checkpoints, so that it reads no more than a few of those and the segments that hold the batch.
 *
 * <p>For the thread that opens the journal, before anything is written to it.
 */
public final class KeptBatches {

    private final SegmentStore store;
    private final int journalId;
    /** Those that follow one another without a gap, up to the newest. */
    private final List<Long> numbers = new ArrayList<>();

    /**
     * A batch that is there.
     *
     * @param cut the one that closes it
     * @param position at which its blocks begin
     * @param bases base of each segment from there on, by number
     */
    public record Kept(Cut cut, long position, NavigableMap<Long, Long> bases) {}

    /** @param recovered the journal as it was found */
    public KeptBatches(SegmentStore store, int journalId, JournalRecovery.Recovered recovered) {
        this.store = store;
        this.journalId = journalId;
        List<Long> all = new ArrayList<>(recovered.passed());
        all.addAll(recovered.bases().keySet());
        for (long number : all) {
            if (!numbers.isEmpty() && numbers.get(numbers.size() - 1) != number - 1) {
                numbers.clear();
            }
            numbers.add(number);
        }
    }

    /** Number of the oldest batch that is there whole, if it is cut; that of the next one where none is. */
    public long oldest() {
        while (!numbers.isEmpty() && read(0) == null) {
            numbers.remove(0);
        }
        if (numbers.isEmpty()) {
            return 1;
        }
        JournalState first = checkpoint(0).state();
        boolean begunBefore = first.uncutRecords() > 0;
        return first.lastBatch() + (begunBefore ? 2 : 1);
    }

    /**
     * Finds a batch.
     *
     * @param batch number of one that is cut, {@link #oldest()} at the least
     * @throws JournalException where the journal does not hold what it should
     */
    public Kept find(long batch) {
        if (batch < oldest()) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED, "journal: batch " + batch + " is no longer complete");
        }
        int index = holderOfCut(batch);
        CheckpointCodec.Checkpoint checkpoint = checkpoint(index);
        JournalState state = checkpoint.state();
        // The segment of the cut before need not be there any more, where nothing was open at its end.
        long position = Math.max(
                state.cutEnd(), checkpoint(state.uncutRecords() > 0 ? 0 : index).base());
        try (SegmentStore.SegmentView view = store.view(numbers.get(index))) {
            EntryScanner entries = EntryScanner.wholeSegment(view.buffer(), journalId);
            SegmentShapes shapes = new SegmentShapes();
            while (entries.next()) {
                shapes.take(entries);
                if (entries.kind() == EntryKind.CUT) {
                    if (EntryCodec.getCutHead(entries.body()).batch() == batch) {
                        Cut cut = EntryCodec.getCut(entries.body(), entries.format(), shapes::of);
                        if (cut == null) {
                            break;
                        }
                        return new Kept(cut, position, basesFrom(position, index));
                    }
                    position = entries.base() + entries.offset();
                }
            }
        } catch (IOException e) {
            throw unreachable(index, e);
        }
        throw new JournalException(
                JournalException.Kind.DAMAGED,
                "journal: " + describe(index) + " does not hold the cut of batch " + batch
                        + "; see 'decant journal verify'");
    }

    /** The last segment that began before the batch was cut. */
    private int holderOfCut(long batch) {
        int low = 0;
        int high = numbers.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (checkpoint(middle).state().lastBatch() < batch) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Bases from the segment that holds {@code position} to the newest; the batch's cut lies in number {@code index}.
     */
    private NavigableMap<Long, Long> basesFrom(long position, int index) {
        NavigableMap<Long, Long> bases = new TreeMap<>();
        for (int at = numbers.size() - 1; at >= 0; at--) {
            long base = checkpoint(at).base();
            bases.put(numbers.get(at), base);
            if (at <= index && base <= position) {
                return bases;
            }
        }
        throw new JournalException(
                JournalException.Kind.DAMAGED, "journal: no segment holds position " + position + " any more");
    }

    private CheckpointCodec.Checkpoint checkpoint(int index) {
        CheckpointCodec.Checkpoint checkpoint = read(index);
        if (checkpoint == null) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + describe(index)
                            + " is damaged at offset 0, so what lies in it and before it cannot be replayed");
        }
        return checkpoint;
    }

    private CheckpointCodec.Checkpoint read(int index) {
        try {
            CheckpointCodec.Checkpoint checkpoint = CheckpointReader.of(store, numbers.get(index), journalId);
            if (checkpoint != null) {
                SegmentWalk.requireNumber(checkpoint, numbers.get(index), describe(index));
            }
            return checkpoint;
        } catch (IOException e) {
            throw unreachable(index, e);
        }
    }

    private String describe(int index) {
        return store.describe(numbers.get(index));
    }

    private JournalException unreachable(int index, IOException e) {
        return new JournalException(
                JournalException.Kind.UNREACHABLE,
                "journal: cannot read " + describe(index) + ": " + e.getMessage(),
                e);
    }
}
