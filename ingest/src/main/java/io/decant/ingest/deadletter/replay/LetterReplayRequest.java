package io.decant.ingest.deadletter.replay;

import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.deadletter.FiledLetter;
import io.decant.ingest.deadletter.LetterFilter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A request to replay dead letters, and its result so far. Owned by the replay's thread;
 * {@link #isWanted} is called by the one that takes letters out, whose count is read when its claim is done.
 */
final class LetterReplayRequest {

    private final LetterFilter which;
    private final LetterReplayTarget target;
    private final CompletableFuture<ReplayAnswer> answer = new CompletableFuture<>();
    private long dueNanos;
    private String id = "";
    private CompletableFuture<DeadLetters.Claimed> claim;
    private long notAsked;
    private long unknownSink;
    private long newline;

    LetterReplayRequest(LetterFilter which, LetterReplayTarget target) {
        this.which = which;
        this.target = target;
    }

    /** What the caller waits for. */
    CompletableFuture<ReplayAnswer> answer() {
        return answer;
    }

    /** The stage looks at it: its time begins with the first look. */
    void seen(long nowNanos, long patienceNanos) {
        if (dueNanos == 0) {
            dueNanos = nowNanos + patienceNanos;
        }
    }

    /** When it is answered at the latest. */
    long dueNanos() {
        return dueNanos;
    }

    /** The letters are being taken out for it. */
    void claimed(String id, CompletableFuture<DeadLetters.Claimed> claim) {
        this.id = id;
        this.claim = claim;
    }

    /** The plan that is made for it; empty before. */
    String id() {
        return id;
    }

    /** Null before it is its turn. */
    CompletableFuture<DeadLetters.Claimed> claim() {
        return claim;
    }

    /** Whether a letter was asked for, and can go out. */
    boolean isWanted(FiledLetter filed) {
        if (!which.test(filed)) {
            notAsked++;
            return false;
        }
        if (!target.takes(filed.letter().sink())) {
            unknownSink++;
            return false;
        }
        if (!canGo(filed.letter())) {
            newline++;
            return false;
        }
        return true;
    }

    /** A line with a newline in it, which was edited into it, would be two; in a frame it is what it is. */
    private static boolean canGo(DeadLetter letter) {
        if (letter.frame() != null) {
            return true;
        }
        for (byte b : letter.record()) {
            if (b == '\n') {
                return false;
            }
        }
        return true;
    }

    /**
     * Answers with what became of it.
     *
     * @param run the one under way; null: none
     */
    void answer(LetterReplayRun run, String waits) {
        boolean hasClaimed = claim != null && claim.isDone() && !claim.isCompletedExceptionally();
        DeadLetters.Claimed claimed = hasClaimed ? claim.join() : new DeadLetters.Claimed(0, 0, 0);
        boolean own = run != null && run.plan().id().equals(id);
        answer.complete(new ReplayAnswer(
                claimed.letters(),
                own ? run.batches() : 0,
                own ? run.plan().letters() : Map.of(),
                claimed.unsettled(),
                hasClaimed ? unknownSink : 0,
                hasClaimed ? newline : 0,
                claimed.damaged(),
                hasClaimed ? notAsked : 0,
                waits));
    }

    /** Answers that it cannot be done. */
    void refuse(Throwable cause) {
        answer.completeExceptionally(
                cause instanceof DeadLetterException ? cause : new DeadLetterException(cause.getMessage(), cause));
    }
}
