package io.decant.ingest.sink.hdfs;

import io.decant.bucketer.Buckets;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.sink.LetterOutbox;
import io.decant.ingest.sink.Part;

/**
 * Looks for the records that the files could not carry, and has them brought to the dead letters. Owned by the delivery
 * thread.
 */
final class UncarriedLetters {

    /** Looked at in one turn. */
    private static final int SLICE_RECORDS = 1 << 16;

    private final Buckets buckets;
    private final LetterOutbox outbox;
    private int bucket;
    private long ordinal;

    UncarriedLetters(OpenBatch batch, LetterOutbox outbox) {
        this.buckets = batch.buckets();
        this.outbox = outbox;
    }

    boolean work(long nowNanos) {
        boolean worked = outbox.work(nowNanos);
        if (bucket < buckets.buckets() && outbox.isWritten()) {
            long records = buckets.records(bucket);
            long end = Math.min(records, ordinal + SLICE_RECORDS);
            outbox.add(new Part(new Part.Place(bucket, ordinal, end, 0, 0, 0), false, Part.State.ANSWERED));
            ordinal = end;
            if (ordinal == records) {
                bucket++;
                ordinal = 0;
            }
            worked = true;
        }
        return worked;
    }

    boolean isStuck(long nowNanos) {
        return outbox.isStuck(nowNanos);
    }

    /** Whether all of them are on stable storage. */
    boolean isSynced() {
        return bucket == buckets.buckets() && outbox.isSynced();
    }
}
