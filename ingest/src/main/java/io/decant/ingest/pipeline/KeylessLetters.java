package io.decant.ingest.pipeline;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.OpenBatch.ExcludedRecord;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.LetterFrame;
import java.util.concurrent.TimeUnit;

/**
 * Brings the records of a batch that are in no bucket, since they have no key, are set aside or could
 * not be transformed, to the dead letters.
 * Every lane does so before it begins with the batch, so that no mark passes them; the box writes each of them once.
 * Owned by the lane.
 */
final class KeylessLetters {

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final OpenBatch batch;
    private final DeadLetterBox box;
    private long next;
    private long upTo;
    private long synced;
    private long movedAtNanos = Long.MAX_VALUE;

    KeylessLetters(OpenBatch batch, DeadLetterBox box) {
        this.batch = batch;
        this.box = box;
    }

    /**
     * Offers what there is room for.
     *
     * @return whether anything was done
     */
    boolean work(long nowNanos) {
        Buckets buckets = batch.buckets();
        long before = next;
        while (next < count() && box.offer(letter(buckets, next))) {
            next++;
            upTo = box.offered();
        }
        long syncedBefore = synced;
        synced = box.synced();
        if (next > before || synced > syncedBefore || movedAtNanos == Long.MAX_VALUE) {
            movedAtNanos = nowNanos;
        }
        return next > before;
    }

    private long count() {
        return batch.buckets().keyless()
                + batch.excluded().size()
                + batch.failed().count();
    }

    /** Those that are set aside are numbered after those without a key, and after them those that failed. */
    private DeadLetter letter(Buckets buckets, long ordinal) {
        long excluded = ordinal - buckets.keyless();
        long failed = excluded - batch.excluded().size();
        if (failed >= 0) {
            return letter(batch.failed().record(failed), ordinal);
        }
        if (excluded >= 0) {
            return letter(batch.excluded().get((int) excluded), ordinal);
        }
        byte[] record = new byte[buckets.keylessLength(ordinal)];
        Memory.copyToArray(buckets.keylessAddress(ordinal), record, 0, record.length);
        LetterFrame frame = LetterFrame.of(buckets.keylessFrame(ordinal));
        if (frame != null && !batch.replay()) {
            frame = frame.in(batch.streams().ofKeyless(ordinal));
        }
        return DeadLetter.withoutKey(batch.cut().batch(), ordinal, record, frame);
    }

    private DeadLetter letter(ExcludedRecord excluded, long ordinal) {
        byte[] record = new byte[excluded.length()];
        Memory.copyToArray(excluded.address(), record, 0, record.length);
        LetterFrame frame = LetterFrame.of(excluded.frame());
        if (frame != null && !batch.replay()) {
            frame = frame.in(excluded.stream());
        }
        long number = batch.cut().batch();
        return excluded.source().isEmpty()
                ? DeadLetter.unprocessable(number, ordinal, excluded.reason(), record, frame)
                : DeadLetter.untransformed(excluded.source(), number, ordinal, excluded.reason(), record, frame);
    }

    /** Whether they have waited for so long that an operator may have to act. */
    boolean isStuck(long nowNanos) {
        return !synced() && nowNanos - movedAtNanos >= STUCK_NANOS;
    }

    /** Whether all of them are on stable storage. */
    boolean synced() {
        return next == count() && box.synced() >= upTo;
    }
}
