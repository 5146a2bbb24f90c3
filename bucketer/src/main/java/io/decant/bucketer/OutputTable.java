package io.decant.bucketer;

/**
 * Records that transforms made, one behind the other: references, {@link OutputTag}s, and the ordinals of the records
 * that they are made of. Off the heap, 16 bytes a record. Not changed once it is filled; any thread.
 */
final class OutputTable implements AutoCloseable {

    private final LongArray refs;
    private final IntArray tags;
    private final IntArray arrivals;
    private final long length;

    /** Takes the arrays over. */
    OutputTable(LongArray refs, IntArray tags, IntArray arrivals, long length) {
        this.refs = refs;
        this.tags = tags;
        this.arrivals = arrivals;
        this.length = length;
    }

    /** One with so many places to be filled. */
    static OutputTable ofLength(long length) {
        LongArray refs = LongArray.empty();
        IntArray tags = IntArray.empty();
        IntArray arrivals = IntArray.empty();
        OutputTable table = new OutputTable(refs, tags, arrivals, length);
        try {
            refs.growTo(length);
            tags.allocate(length);
            arrivals.allocate(length);
            return table;
        } catch (Throwable e) {
            table.close();
            throw e;
        }
    }

    void set(long place, long ref, int tag, int arrival) {
        refs.set(place, ref);
        tags.set(place, tag);
        arrivals.set(place, arrival);
    }

    long length() {
        return length;
    }

    long ref(long place) {
        return refs.get(place);
    }

    int tag(long place) {
        return tags.get(place);
    }

    int arrival(long place) {
        return arrivals.get(place);
    }

    @Override
    public void close() {
        refs.close();
        tags.close();
        arrivals.close();
    }
}
