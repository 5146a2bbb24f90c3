package io.decant.ingest.sink;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.sink.body.PartBody;
import java.util.ArrayList;
import java.util.List;

/**
 * What answers do to the parts of one batch: passed, retried, split, or dead letters. Owned by the delivery
 * thread.
 */
final class ResponseHandler {

    private static final int SHOWN_CHARS_MAX = 200;

    private static final String OF_KEYS =
            "; this does not refuse the records: if data-dir was restored from a copy, see 'decant journal new-id'";

    private final OpenBatch batch;
    private final PartBody body;
    private final PartWindow window;
    private final LetterOutbox letters;
    private final BackOff backOff;
    private final PartSender sender;
    private final SinkHealth health;
    private final Breaker breaker;
    private long nowNanos;
    private long notBeforeNanos = Long.MIN_VALUE;

    ResponseHandler(
            OpenBatch batch,
            PartBody body,
            PartWindow window,
            LetterOutbox letters,
            BackOff backOff,
            PartSender sender,
            SinkHealth health,
            Breaker breaker) {
        this.batch = batch;
        this.body = body;
        this.window = window;
        this.letters = letters;
        this.backOff = backOff;
        this.sender = sender;
        this.health = health;
        this.breaker = breaker;
    }

    /**
     * Whether the outcome can be settled now; if not, it may say that records are refused, and how many were before is
     * not read yet.
     */
    boolean canSettle(Outcome outcome) {
        boolean mayCount = sender.classify(outcome) == AnswerClass.REFUSED
                || (outcome instanceof Outcome.Answered answered && AnswerReader.refuses(answered.items()));
        if (!mayCount || batch.replay()) {
            return true;
        }
        if (!breaker.canCount(letters.history())) {
            return false;
        }
        breaker.countOn(letters.history(), batch.cut().batch(), batch.buckets()::records);
        return true;
    }

    /** Until when the receiver has asked to be left alone. */
    long notBeforeNanos() {
        return notBeforeNanos;
    }

    /** Decides what becomes of the part that was sent. */
    void settle(InFlightRequest attempt, Outcome outcome, long now) {
        nowNanos = now;
        Part part = attempt.part();
        AnswerClass answer = sender.classify(outcome);
        switch (answer) {
            case DELIVERED -> {
                if (outcome instanceof Outcome.Answered answered && answered.items() != null) {
                    settleItems(part, answered, attempt.bytes());
                } else {
                    delivered(part, attempt.bytes());
                }
            }
            case AGAIN, OUTAGE -> again(part, answer, outcome, describe(outcome));
            case REFUSED -> {
                if (part.carried() == 1) {
                    refused(part, outcome);
                } else {
                    health.refused(where(part) + ": " + describe(outcome) + "; sent again in halves");
                    part.splitInto(window.halves(part, AnswerClass.REFUSED));
                }
            }
        }
    }

    /** The part's only record is refused. */
    private void refused(Part part, Outcome outcome) {
        boolean wasOpen = breaker.isOpen();
        if (batch.replay()
                || hasCounted(part, refusedOrdinal(part))
                || breaker.refused(1, where(part) + ": " + describe(outcome)) == 1) {
            giveUp(part, rejection(outcome));
            return;
        }
        if (!wasOpen) {
            breaker.openedBy(part);
        }
        again(part, AnswerClass.OUTAGE, outcome, describe(outcome));
    }

    /** Whether the refusal of a record counts since the start: it is a dead letter of an earlier server. */
    private boolean hasCounted(Part part, long ordinal) {
        return letters.history() != null
                && letters.history().hasCounted(batch.cut().batch(), part.bucket(), ordinal);
    }

    /** The ordinal of the one record that the part carries. */
    private long refusedOrdinal(Part part) {
        long ordinal = part.first();
        while (body.uncarried(part.bucket(), ordinal) != null) {
            ordinal++;
        }
        return ordinal;
    }

    private static Rejection rejection(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered
                ? Rejection.of(answered.status(), answered.bodyStart())
                : Rejection.of(DeadLetter.NO_STATUS, ((Outcome.Judged) outcome).message());
    }

    /** The receiver took the part record by record. */
    private void settleItems(Part part, Outcome.Answered answered, long bytes) {
        String mismatch = AnswerReader.mismatch(part, answered.items());
        if (!mismatch.isEmpty()) {
            // It says that it has not got everything, and not what.
            again(part, AnswerClass.OUTAGE, answered, describe(answered) + ": " + mismatch);
            return;
        }
        List<Run> runs = counted(part, AnswerReader.runs(part, answered.items(), body, PartWindow.RUNS_MAX));
        Run first = runs.get(0);
        if (runs.size() > 1) {
            heedRetryAfter(answered);
            health.refused(where(part) + ": " + describe(answered));
            part.splitInto(runs);
        } else if (first.isGivenUp()) {
            giveUp(part, first.refusal());
        } else if (first.isPassed()) {
            passed(part, bytes);
        } else {
            if (first.opener()) {
                breaker.openedBy(part);
            }
            again(part, first.answer(), answered, describe(answered));
        }
    }

    /** The same runs as far as the breaker lets refused records become dead letters; those after it are sent again. */
    private List<Run> counted(Part part, List<Run> runs) {
        List<Run> counted = new ArrayList<>(runs.size());
        long first = part.first();
        for (Run run : runs) {
            if (run.answer() == AnswerClass.DELIVERED) {
                accepted();
            }
            if (run.isGivenUp() && !batch.replay()) {
                count(part, run, first, counted);
            } else {
                counted.add(run);
            }
            first = run.end();
        }
        return counted;
    }

    private void count(Part part, Run run, long first, List<Run> counted) {
        boolean wasOpen = breaker.isOpen();
        Rejection refusal = run.refusal();
        String said = where(part) + ": " + answer(refusal.status(0), shown(refusal.text(0)));
        long uncounted = first;
        while (uncounted < run.end() && hasCounted(part, uncounted)) {
            uncounted++;
        }
        long end = uncounted + (uncounted < run.end() ? breaker.refused(run.end() - uncounted, said) : 0);
        if (end > first) {
            counted.add(Run.givenUp(end, refusal));
        }
        if (end < run.end() && !wasOpen) {
            end++;
            counted.add(Run.ofOpener(end));
        }
        if (end < run.end()) {
            counted.add(Run.again(run.end(), AnswerClass.OUTAGE));
        }
    }

    private void delivered(Part part, long bytes) {
        accepted();
        passed(part, bytes);
    }

    private void accepted() {
        if (breaker.accepted()) {
            // Of the parts that were held back, as long as they wait.
            health.waits(breaker.lastAnswer());
        }
    }

    private void passed(Part part, long bytes) {
        health.delivered(part.carried(), bytes);
        part.answered();
        letters.add(part);
    }

    private void giveUp(Part part, Rejection refusal) {
        String said = shown(refusal.text(0));
        health.givenUp(
                part.carried(),
                answer(refusal.status(0), ""),
                where(part) + ": " + answer(refusal.status(0), said),
                nowNanos);
        part.refused(refusal);
        letters.add(part);
    }

    private void again(Part part, AnswerClass answer, Outcome outcome, String error) {
        part.failed(answer, nowNanos + delayNanos(part.failures() + 1, outcome));
        health.failed(kind(outcome), where(part) + ": " + error);
    }

    private long delayNanos(int failures, Outcome outcome) {
        long asked = outcome instanceof Outcome.Answered answered ? heedRetryAfter(answered) : 0;
        return asked > 0 ? asked : backOff.delayNanos(failures);
    }

    /** Leaves the receiver alone for as long as it asks; returns how long that is, 0 where it does not ask. */
    private long heedRetryAfter(Outcome.Answered answered) {
        long asked = backOff.askedNanos(answered.retryAfter());
        if (asked > 0) {
            notBeforeNanos = Math.max(notBeforeNanos, nowNanos + asked);
        }
        return asked;
    }

    /** Puts pieces in the place of what is to be split, as far as there is room for them; whether anything was. */
    boolean split(long now) {
        nowNanos = now;
        int before = window.splits();
        for (int i = 0; i < window.parts().size(); i++) {
            Part part = window.parts().get(i);
            if (part.is(Part.State.SPLITTING) && window.maySplit(part)) {
                window.split(part, this::begin);
            }
        }
        return window.splits() > before;
    }

    /** A piece, and what the answer to the whole said of it. */
    private void begin(Part piece, Run run) {
        if (run.isGivenUp()) {
            giveUp(piece, run.refusal());
        } else if (run.isPassed()) {
            passed(piece, piece.bodyBytes());
        } else {
            if (run.opener()) {
                breaker.openedBy(piece);
            }
            // What was refused as a whole need not wait: it was never tried like this.
            long delay = run.answer() == AnswerClass.REFUSED ? 0 : backOff.delayNanos(1);
            piece.hold(window.splits(), nowNanos, delay, run.answer());
        }
    }

    /** A body found no memory: the part waits like one that the receiver was too busy for. */
    void noMemory(Part part, long now) {
        nowNanos = now;
        part.failed(AnswerClass.AGAIN, nowNanos + backOff.delayNanos(part.failures() + 1));
        health.failed(
                "no memory",
                where(part) + ": no memory for a body of " + part.bodyBytes()
                        + " bytes; lower max-bytes or concurrency, or give the JVM more");
    }

    private String where(Part part) {
        return "batch " + batch.cut().batch() + ", " + part;
    }

    private String describe(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            String said = answer(answered.status(), shown(answered.bodyStart()));
            return AnswerClass.speaksOfIdempotency(answered) ? said + OF_KEYS : said;
        }
        if (outcome instanceof Outcome.Judged judged) {
            return shown(judged.message());
        }
        Outcome.Failed failed = (Outcome.Failed) outcome;
        return failed.kind() + ", " + shown(failed.message());
    }

    private static String kind(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            return answer(answered.status(), "");
        }
        return outcome instanceof Outcome.Judged judged
                ? judged.kind()
                : ((Outcome.Failed) outcome).kind().toString();
    }

    private static String answer(int status, String said) {
        if (status == DeadLetter.NO_STATUS) {
            return said.isEmpty() ? "refused" : '"' + said + '"';
        }
        return "status " + status + (said.isEmpty() ? "" : ", \"" + said + '"');
    }

    /** In one line, and without the request's own secrets, which a receiver may quote. */
    private String shown(String text) {
        return OneLine.of(sender.redact(text), SHOWN_CHARS_MAX);
    }
}
