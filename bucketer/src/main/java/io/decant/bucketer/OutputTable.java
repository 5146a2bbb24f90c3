package io.decant.bucketer;

/**
 * Records that transforms made, one behind the other: references, {@link OutputTag}s, and the ordinals of the records
 * that they are made of. Off the heap, 16 bytes a record, which lie together: where buckets are many, each record that
 * is put is a line of the cache that has to be fetched. Where all are records as they arrived there are no tags, and
 * it is 12 bytes. Not changed once it is filled; any thread.
 */
final class OutputTable implements AutoCloseable {

    private static final int LONGS = 2;
    private static final long LOW_INT = 0xFFFFFFFFL;

    /** Null for records as they arrived. */
    private final LongArray entries;
    /** Of records as they arrived; else null. */
    private final LongArray refs;

    private final IntArray arrivals;
    private final long length;
    private boolean rebuilt;

    private OutputTable(LongArray entries, LongArray refs, IntArray arrivals, long length) {
        this.entries = entries;
        this.refs = refs;
        this.arrivals = arrivals;
        this.length = length;
    }

    /** One with so many places to be filled. */
    static OutputTable ofLength(long length) {
        LongArray entries = LongArray.empty();
        entries.growTo(LONGS * length);
        return new OutputTable(entries, null, null, length);
    }

    /** One of records as they arrived. Takes the arrays over. */
    static OutputTable ofRecords(LongArray refs, IntArray arrivals, long length) {
        return new OutputTable(null, refs, arrivals, length);
    }

    /** The references of records as they arrived; null where any of them may be another. */
    LongArray records() {
        return refs;
    }

    /** What stands beside a reference. */
    static long meta(int tag, int arrival) {
        return (long) arrival << Integer.SIZE | (tag & LOW_INT);
    }

    static int tagOf(long meta) {
        return (int) meta;
    }

    static int arrivalOf(long meta) {
        return (int) (meta >>> Integer.SIZE);
    }

    /** Fills a place; threads may fill different ones at once, if {@link #noteRebuilt} is told. */
    void set(long place, long ref, long meta) {
        entries.set(LONGS * place, ref);
        entries.set(LONGS * place + 1, meta);
    }

    /** Some records have to be made again. */
    void noteRebuilt() {
        rebuilt = true;
    }

    /** Whether there may be records that have to be made again. */
    boolean hasRebuilt() {
        return rebuilt;
    }

    long length() {
        return length;
    }

    long ref(long place) {
        return entries == null ? refs.get(place) : entries.get(LONGS * place);
    }

    int tag(long place) {
        return entries == null ? OutputTag.NONE : tagOf(entries.get(LONGS * place + 1));
    }

    int arrival(long place) {
        return entries == null ? arrivals.get(place) : arrivalOf(entries.get(LONGS * place + 1));
    }

    @Override
    public void close() {
        if (entries == null) {
            refs.close();
            arrivals.close();
        } else {
            entries.close();
        }
    }
}
