package io.decant.ingest.batch;

/**
 * Where the records of a batch came from, one record at a time. Turning to a record in the same block as the one before
 * costs next to nothing. Nothing is allocated.
 *
 * <p>Owned by one thread; {@link OpenBatch#newOrigin()} makes one. Not to be used once the batch is closed. Addresses
 * are good until it turns to another record.
 */
public interface RecordOrigin {

    /**
     * Turns to a record.
     *
     * @return whether it came in another block than the one before: everything but {@link #position()} may be new
     */
    boolean turnTo(int bucket, long ordinal);

    /** Ordinal of the record in its stream, from 0. */
    long position();

    /**
     * Which of the records it is, from 0, that its record was turned into where there are several; else
     * {@link io.decant.bucketer.ArrivalBuckets#ONLY}.
     */
    int index();

    /** When its block arrived, milliseconds since the epoch. */
    long arrivalMillis();

    /** Where the name of the source lies in native memory, in UTF-8. */
    long sourceAddress();

    int sourceBytes();

    /** Where the stream's name within its source lies in native memory, in UTF-8. */
    long streamAddress();

    int streamBytes();
}
