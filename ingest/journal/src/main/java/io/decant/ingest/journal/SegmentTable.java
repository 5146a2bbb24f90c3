package io.decant.ingest.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The segments that make up the journal now: which lies where, and which are being read. The writer adds, the keeper
 * removes, readers pin; all under one lock, taken once for a segment, never for a record.
 */
public final class SegmentTable {

    /** No batch in a segment was cut. */
    static final long NOTHING_ENDED = Long.MIN_VALUE;

    private final SegmentStore store;
    private final TreeMap<Long, Segment> byBase = new TreeMap<>();

    public SegmentTable(SegmentStore store) {
        this.store = store;
    }

    /** A segment, its memory mapped while it is read. */
    public final class Segment implements AutoCloseable {

        private final long number;
        private final long base;
        private long endedMillis = NOTHING_ENDED;
        /** What the numbers of shapes mean in here; null until it is read. */
        private Map<Integer, Shape> shapes;

        private SegmentStore.SegmentView view;
        private int pins;

        private Segment(long number, long base) {
            this.number = number;
            this.base = base;
        }

        long number() {
            return number;
        }

        long base() {
            return base;
        }

        /**
         * End of the last window that was cut since the start and of which something lies in here;
         * {@link #NOTHING_ENDED} where there is none.
         */
        long endedMillis() {
            synchronized (byBase) {
                return endedMillis;
            }
        }

        SegmentStore.SegmentView view() {
            return view;
        }

        /** Gives a pin back. */
        @Override
        public void close() {
            synchronized (byBase) {
                if (--pins == 0) {
                    view.close();
                    view = null;
                }
            }
        }
    }

    /** Adds segments that were recovered: the base of each, by number. */
    public void addAll(Map<Long, Long> bases) {
        bases.forEach(this::add);
    }

    /**
     * Notes that a batch which lies between these positions, its cut included, has a window that ends at
     * {@code millis}. Batches come in their order: the last one counts, also where the clock was set back before it.
     */
    void ended(long from, long to, long millis) {
        synchronized (byBase) {
            Long first = byBase.floorKey(from);
            byBase.subMap(first == null ? from : first, true, to, false)
                    .values()
                    .forEach(segment -> segment.endedMillis = millis);
        }
    }

    void add(long number, long base) {
        synchronized (byBase) {
            byBase.put(base, new Segment(number, base));
        }
    }

    /**
     * Adds a segment that is written from now on.
     *
     * @param shapes those in its checkpoint, by number
     */
    void add(long number, long base, Map<Integer, Shape> shapes) {
        Segment segment = new Segment(number, base);
        segment.shapes = new HashMap<>(shapes);
        synchronized (byBase) {
            byBase.put(base, segment);
        }
    }

    /** Notes that a shape was written to the segment that begins at {@code base}. */
    void addShape(long base, int number, Shape shape) {
        synchronized (byBase) {
            byBase.get(base).shapes.put(number, shape);
        }
    }

    /** The shape that a number means in a segment that is pinned; null where the segment does not say it. */
    Shape shape(Segment segment, int number, int journalId) {
        synchronized (byBase) {
            if (segment.shapes != null) {
                return segment.shapes.get(number);
            }
        }
        // Of an earlier run. Looked through once, however many batches are cut in it.
        Map<Integer, Shape> found =
                SegmentShapes.of(segment.view().buffer(), journalId).all();
        synchronized (byBase) {
            segment.shapes = found;
            return found.get(number);
        }
    }

    /** Maps the segment that holds {@code position} until it is closed as often as it was pinned. */
    Segment pin(long position) throws IOException {
        return FileOpening.retried(() -> tryToPin(position));
    }

    private Segment tryToPin(long position) throws IOException {
        synchronized (byBase) {
            Map.Entry<Long, Segment> entry = byBase.floorEntry(position);
            if (entry == null) {
                throw new IOException("no segment holds position " + position);
            }
            Segment segment = entry.getValue();
            if (segment.pins == 0) {
                segment.view = store.view(segment.number);
            }
            segment.pins++;
            return segment;
        }
    }

    /** Keeps the segment that holds {@code position}, and all behind it, until what is returned is closed. */
    public Segment hold(long position) {
        try {
            return pin(position);
        } catch (IOException e) {
            throw JournalException.cannotRead(position, e);
        }
    }

    /** See {@link SegmentStore#wasRead}. */
    void wasRead(long bytes) {
        store.wasRead(bytes);
    }

    /** Base of the segment after the one that begins at {@code base}, or -1. */
    long baseAfter(long base) {
        synchronized (byBase) {
            Long next = byBase.higherKey(base);
            return next == null ? -1 : next;
        }
    }

    /** Whether a segment begins behind {@code from} and at or before {@code to}. */
    boolean hasBaseWithin(long from, long to) {
        synchronized (byBase) {
            Long next = byBase.higherKey(from);
            return next != null && next <= to;
        }
    }

    /** Takes out the segments that end at or before {@code position} and are not read; never the last one. */
    List<Segment> removeBefore(long position) {
        List<Segment> removed = new ArrayList<>();
        synchronized (byBase) {
            while (byBase.size() > 1) {
                Segment oldest = byBase.firstEntry().getValue();
                if (byBase.higherKey(oldest.base) > position || oldest.pins > 0) {
                    break;
                }
                byBase.remove(oldest.base);
                removed.add(oldest);
            }
        }
        return removed;
    }

    /** How many segments there are. */
    public int size() {
        synchronized (byBase) {
            return byBase.size();
        }
    }
}
