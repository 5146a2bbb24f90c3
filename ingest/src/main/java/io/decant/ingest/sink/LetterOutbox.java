package io.decant.ingest.sink;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.LetterFrame;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.deadletter.RefusalHistory;
import io.decant.ingest.sink.body.PartBody;
import io.decant.ingest.sink.body.PartBody.Unencodable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Moves the records of a batch that a sink rejects to the dead letters: of each part that is answered those that
 * were refused, and those that the batch's format cannot carry. What finds no room waits here, as places in the batch,
 * not as copies.
 *
 * <p>Owned by the delivery thread.
 */
public final class LetterOutbox {

    /** The box is emptied in a moment as long as there is room behind it. */
    public static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What keeps a sink waiting that is stuck, in words. */
    public static final String STUCK = "no room among the dead letters; see 'decant dlq'";

    private final String sink;
    private final DeadLetterBox box;
    private final UnaryOperator<String> redacted;
    private final Deque<Writing> writing = new ArrayDeque<>();
    private final Deque<Written> written = new ArrayDeque<>();
    private long movedAtNanos;
    private final OpenBatch batch;
    private final PartBody body;

    /** A part whose letters are being offered, and how far. */
    private static final class Writing {
        private final Part part;
        private long next;
        private int refused;

        private Writing(Part part) {
            this.part = part;
            this.next = part.first();
        }
    }

    /** A part whose letters are all offered, the last of them as number {@code upTo}. */
    private record Written(Part part, long upTo) {}

    /** @param redacted takes out of an answer what it shows of the sink's secrets */
    public LetterOutbox(
            String sink, DeadLetterBox box, OpenBatch batch, PartBody body, UnaryOperator<String> redacted) {
        this.sink = sink;
        this.redacted = redacted;
        this.box = Objects.requireNonNull(box, "box");
        this.batch = batch;
        this.body = body;
    }

    /** Takes over an answered part. */
    public void add(Part part) {
        if (part.refusal() != null || part.carried() < part.end() - part.first()) {
            part.lettersPending(true);
            writing.add(new Writing(part));
        }
    }

    /** What is known of earlier refusals; null as long as it is not. */
    RefusalHistory history() {
        return box.history();
    }

    /** Whether all parts have found room for their letters. */
    public boolean isWritten() {
        return writing.isEmpty();
    }

    /** Whether the letters of all parts are synced. */
    public boolean isSynced() {
        return writing.isEmpty() && written.isEmpty();
    }

    /**
     * Whether letters have found no room, or have not been synced, for so long that an operator may have to act.
     */
    public boolean isStuck(long nowNanos) {
        return !(writing.isEmpty() && written.isEmpty()) && nowNanos - movedAtNanos >= STUCK_NANOS;
    }

    /**
     * Offers what there is room for, and notes which parts' letters are synced.
     *
     * @return whether anything was done
     */
    public boolean work(long nowNanos) {
        long before = box.offered();
        while (!writing.isEmpty() && offer(writing.peek())) {
            written.add(new Written(writing.remove().part, box.offered()));
        }
        boolean worked = box.offered() > before;
        while (!written.isEmpty() && written.peek().upTo() <= box.synced()) {
            written.remove().part().lettersPending(false);
            worked = true;
        }
        if (worked || (writing.isEmpty() && written.isEmpty())) {
            movedAtNanos = nowNanos;
        }
        return worked;
    }

    /** Whether all letters of the part found room. */
    private boolean offer(Writing of) {
        for (; of.next < of.part.end(); of.next++) {
            Unencodable uncarried = body.uncarried(of.part.bucket(), of.next);
            if (uncarried != null) {
                if (!offer(of, reason(uncarried), DeadLetter.NO_STATUS, "")) {
                    return false;
                }
            } else if (of.part.refusal() != null) {
                Rejection refusal = of.part.refusal();
                if (!offer(of, Reason.REFUSED, refusal.status(of.refused), redacted.apply(refusal.text(of.refused)))) {
                    return false;
                }
                of.refused++;
            }
        }
        return true;
    }

    private boolean offer(Writing of, Reason reason, int status, String answer) {
        Buckets buckets = batch.buckets();
        int bucket = of.part.bucket();
        byte[] record = new byte[buckets.length(bucket, of.next)];
        Memory.copyToArray(buckets.address(bucket, of.next), record, 0, record.length);
        LetterFrame frame = LetterFrame.of(buckets.frame(bucket, of.next));
        if (frame != null && !batch.replay()) {
            frame = frame.in(batch.streams().of(bucket, of.next));
        }
        return box.offer(
                new DeadLetter(sink, batch.cut().batch(), bucket, of.next, reason, status, answer, record, frame));
    }

    private static Reason reason(Unencodable uncarried) {
        return switch (uncarried) {
            case NOT_JSON -> Reason.NOT_JSON;
            case NEWLINE_IN_RECORD -> Reason.NEWLINE_IN_RECORD;
            case TOMBSTONE -> Reason.TOMBSTONE;
        };
    }
}
