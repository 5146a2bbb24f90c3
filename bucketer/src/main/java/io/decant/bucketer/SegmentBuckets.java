package io.decant.bucketer;

import java.util.Objects;

/**
 * The records of one segment of a batch, by bucket, then arrival; with numbers from 0 for the sake of asking. The
 * buckets are those of the whole batch: the segment may hold few of them.
 *
 * <p>Refers to the records in the memory of the segment's chunks, which must stay until this is closed. Owned by one
 * thread. A number that does not exist is an {@link IndexOutOfBoundsException}.
 */
public final class SegmentBuckets implements AutoCloseable {

    private final LongArray refs;
    private final LongArray places;
    private final long keyed;
    private final IntArray keylessArrivals;
    private final IntArray arrivals;

    /**
     * Takes over the arrays.
     *
     * @param refs a {@link RecordRef} a record: those that belong to buckets, by arrival, then the others, the last one
     *     first
     * @param places {@link #place} each of those that belong to buckets, by bucket, then arrival
     * @param keylessArrivals the ordinals of the others, ascending
     */
    SegmentBuckets(LongArray refs, LongArray places, long keyed, IntArray keylessArrivals) {
        this.refs = refs;
        this.places = places;
        this.keyed = keyed;
        this.keylessArrivals = keylessArrivals;
        this.arrivals = arrivals(keyed, keylessArrivals);
    }

    /** Which record of the segment each of those with a key is; empty where all have one, and it is the same. */
    private static IntArray arrivals(long keyed, IntArray keyless) {
        IntArray arrivals = IntArray.empty();
        if (keyless.length() == 0) {
            return arrivals;
        }
        arrivals.allocate(keyed);
        int arrival = 0;
        long skipped = 0;
        for (long record = 0; record < keyed; record++) {
            while (skipped < keyless.length() && keyless.get(skipped) == arrival) {
                skipped++;
                arrival++;
            }
            arrivals.set(record, arrival++);
        }
        return arrivals;
    }

    /** A record's bucket and its ordinal among those with a key, in one long. */
    static long place(long bucket, long record) {
        return bucket << Integer.SIZE | record;
    }

    static long bucketOf(long place) {
        return place >>> Integer.SIZE;
    }

    private static int recordOf(long place) {
        return (int) place;
    }

    /** How many of the segment's records belong to buckets. */
    public long records() {
        return keyed;
    }

    /** The bucket of a record. */
    public int bucket(long number) {
        return (int) bucketOf(placeOf(number));
    }

    /** Where a line, or the value in a frame, begins. */
    public long address(long number) {
        return RecordRef.valueAddress(ref(number));
    }

    /** Bytes of a line without its newline, or of the value in a frame; 0 of a tombstone. */
    public int length(long number) {
        return RecordRef.length(ref(number));
    }

    /** The {@link Frame} that a record lies in; 0 for a line. */
    public long frame(long number) {
        return frameOf(ref(number));
    }

    /** Which record of the segment it is, in order of arrival, from 0. */
    public long arrival(long number) {
        int record = recordOf(placeOf(number));
        return arrivals.length() == 0 ? record : arrivals.get(record);
    }

    /** How many of the segment's records belong to no bucket. */
    public long keyless() {
        return keylessArrivals.length();
    }

    /** {@link #address} of a record without a key; they are numbered in order of arrival. */
    public long keylessAddress(long number) {
        return RecordRef.valueAddress(keylessRef(number));
    }

    /** {@link #length} of a record without a key. */
    public int keylessLength(long number) {
        return RecordRef.length(keylessRef(number));
    }

    /** {@link #frame} of a record without a key. */
    public long keylessFrame(long number) {
        return frameOf(keylessRef(number));
    }

    /** Which record of the segment a record without a key is. */
    public long keylessArrival(long number) {
        return keylessArrivals.get(Objects.checkIndex(number, keyless()));
    }

    private static long frameOf(long ref) {
        return RecordRef.isFrame(ref) ? RecordRef.address(ref) : 0;
    }

    private long keylessRef(long number) {
        return refs.get(keyed + keyless() - 1 - Objects.checkIndex(number, keyless()));
    }

    private long ref(long number) {
        return refs.get(recordOf(placeOf(number)));
    }

    private long placeOf(long number) {
        return places.get(Objects.checkIndex(number, keyed));
    }

    /** Frees what this holds. Again: nothing. */
    @Override
    public void close() {
        refs.close();
        places.close();
        keylessArrivals.close();
        arrivals.close();
    }
}
