package io.decant.bucketer;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The records of one segment of a batch, by bucket, then arrival; with numbers from 0 for the sake of asking. The
 * buckets are those of the whole batch: the segment may hold few of them.
 *
 * <p>Refers to the records in the memory of the segment's chunks, which must stay until this is closed. Owned by one
 * thread, and read by any number. A number that does not exist is an {@link IndexOutOfBoundsException}.
 */
public final class SegmentBuckets implements AutoCloseable {

    private final LongArray refs;
    private final LongArray places;
    private final long keyed;
    private final IntArray keylessArrivals;
    private final IntArray arrivals;
    /** What transforms made; null where records stay as they are. */
    private final OutputPlaces outputs;

    /** One for each thread that reads. */
    private final ThreadLocal<OutputReader> readers;

    private final Queue<OutputReader> allReaders = new ConcurrentLinkedQueue<>();
    private final long keyless;

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
        try {
            this.arrivals = arrivals(keyed, keylessArrivals);
        } catch (Throwable e) {
            refs.close();
            places.close();
            throw e;
        }
        this.outputs = null;
        this.readers = null;
        this.keyless = keylessArrivals.length();
    }

    /**
     * For what transforms made of the segment's records. Takes over outputs and places.
     *
     * @param outputs those that belong to buckets, by arrival; the others from the last place on, downwards
     */
    SegmentBuckets(OutputPlaces outputs, List<Transform> transforms, LongArray places, long keyed, long keyless) {
        this.refs = outputs.refs();
        this.places = places;
        this.keyed = keyed;
        this.keylessArrivals = IntArray.empty();
        this.arrivals = IntArray.empty();
        this.outputs = outputs;
        this.readers = ThreadLocal.withInitial(() -> {
            OutputReader reader = new OutputReader(transforms);
            allReaders.add(reader);
            return reader;
        });
        this.keyless = keyless;
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

    /** The number of a record, by its ordinal among those that belong to buckets. Walks over all of them. */
    public long numberOf(int record) {
        for (long number = 0; number < keyed; number++) {
            if (recordOf(places.get(number)) == record) {
                return number;
            }
        }
        throw new IndexOutOfBoundsException(record);
    }

    /** Where a line, or the value in a frame, begins; until another record is asked for. */
    public long address(long number) {
        return addressAt(recordOf(placeOf(number)));
    }

    /** Bytes of a line without its newline, or of the value in a frame; 0 of a tombstone. */
    public int length(long number) {
        return lengthAt(recordOf(placeOf(number)));
    }

    /** The {@link Frame} that a record lies in; 0 for a line. */
    public long frame(long number) {
        return frameAt(recordOf(placeOf(number)));
    }

    /** Which record of the segment it is, or is made of, in order of arrival, from 0. */
    public long arrival(long number) {
        int record = recordOf(placeOf(number));
        if (outputs != null) {
            return outputs.arrival(record);
        }
        return arrivals.length() == 0 ? record : arrivals.get(record);
    }

    /** {@link ArrivalBuckets#index} of a record. */
    public int index(long number) {
        int tag = outputs == null ? OutputTag.NONE : outputs.tag(recordOf(placeOf(number)));
        return OutputTag.isOneOfSeveral(tag) ? OutputTag.index(tag) : ArrivalBuckets.ONLY;
    }

    /** How many records belong to no bucket because they have no key. */
    public long keyless() {
        return keyless;
    }

    /** {@link #address} of a record without a key; they are numbered in order of arrival. */
    public long keylessAddress(long number) {
        return addressAt(keylessPlace(number));
    }

    /** {@link #length} of a record without a key. */
    public int keylessLength(long number) {
        return lengthAt(keylessPlace(number));
    }

    /** {@link #frame} of a record without a key. */
    public long keylessFrame(long number) {
        return frameAt(keylessPlace(number));
    }

    /** Which record of the segment a record without a key is, or is made of. */
    public long keylessArrival(long number) {
        return outputs == null
                ? keylessArrivals.get(Objects.checkIndex(number, keyless))
                : outputs.arrival(keylessPlace(number));
    }

    /** How many records of the segment could not be transformed. */
    public long failed() {
        return outputs == null ? 0 : outputs.tally().failed(0).count();
    }

    /** {@link #address} of one that could not be transformed; they are numbered in order of arrival. */
    public long failedAddress(long number) {
        return RecordRef.valueAddress(failedRef(number));
    }

    /** {@link #length} of one that could not be transformed. */
    public int failedLength(long number) {
        return RecordRef.length(failedRef(number));
    }

    /** {@link #frame} of one that could not be transformed. */
    public long failedFrame(long number) {
        return frameOf(failedRef(number));
    }

    /** Which record of the segment it is. */
    public long failedArrival(long number) {
        return outputs.tally().failed(0).arrival(Objects.checkIndex(number, failed()));
    }

    /** Why it could not be transformed. */
    public TransformFailure failure(long number) {
        return TransformFailure.of(outputs.tally().failed(0).failure(Objects.checkIndex(number, failed())));
    }

    private long failedRef(long number) {
        return outputs.tally().failed(0).ref(Objects.checkIndex(number, failed()));
    }

    private long addressAt(long record) {
        return outputs == null
                ? RecordRef.valueAddress(refs.get(record))
                : read(record).address();
    }

    private int lengthAt(long record) {
        return outputs == null
                ? RecordRef.length(refs.get(record))
                : read(record).length();
    }

    private long frameAt(long record) {
        return outputs == null ? frameOf(refs.get(record)) : read(record).frame();
    }

    private OutputReader read(long record) {
        OutputReader reader = readers.get();
        reader.turnTo(refs.get(record), outputs.tag(record));
        return reader;
    }

    private static long frameOf(long ref) {
        return RecordRef.isFrame(ref) ? RecordRef.address(ref) : 0;
    }

    private long keylessPlace(long number) {
        Objects.checkIndex(number, keyless);
        return outputs == null ? keyed + keyless - 1 - number : outputs.places() - 1L - number;
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
        if (outputs != null) {
            outputs.close();
            outputs.memory().close();
            allReaders.forEach(OutputReader::close);
        }
    }
}
