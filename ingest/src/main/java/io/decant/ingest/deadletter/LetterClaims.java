package io.decant.ingest.deadletter;

import io.decant.ingest.deadletter.DeadLetters.Claimed;
import java.io.IOException;
import java.io.SyncFailedException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims of letters, one at a time, and the moves that crashes have interrupted. {@link #ask} is for any thread. */
final class LetterClaims {

    private static final Logger log = LoggerFactory.getLogger(LetterClaims.class);

    private record Claim(String id, Predicate<FiledLetter> which, CompletableFuture<Claimed> done) {}

    private final DeadLetterStore store;
    private final Predicate<FiledLetter> settled;
    private final Runnable wake;
    private final AtomicReference<Claim> asked = new AtomicReference<>();
    private Deque<String> interrupted;
    /** Whether a copy may be there that is not among those that were interrupted. */
    private boolean unsure;

    private LetterMove move;
    private Claim current;
    private long unsettled;
    private Map<String, Long> removed = Map.of();

    LetterClaims(DeadLetterStore store, Predicate<FiledLetter> settled, Runnable wake) {
        this.store = store;
        this.settled = settled;
        this.wake = wake;
    }

    CompletableFuture<Claimed> ask(String id, Predicate<FiledLetter> which) {
        if (!LetterFiles.isOurs(LetterFiles.replay(id))) {
            throw new IllegalArgumentException("'" + id + "' is not the id of a replay");
        }
        Claim claim = new Claim(id, which, new CompletableFuture<>());
        if (!asked.compareAndSet(null, claim)) {
            claim.done.completeExceptionally(
                    new DeadLetterException("dead letters are already being taken out; wait until that is done", null));
            return claim.done;
        }
        wake.run();
        return claim.done;
    }

    /**
     * Removes what is half written and ends what is half done, a slice at a time; true once all is, or once the disk
     * does not take it: then the next claim ends it. Before any {@link #work}.
     */
    boolean resume(Collection<String> files) throws SyncFailedException {
        try {
            if (interrupted == null) {
                // Known whatever the disk says next, or a claim would take what they hold once more.
                interrupted = files.stream()
                        .filter(file -> file.endsWith(LetterFiles.MOVING))
                        .map(LetterFiles::movingId)
                        .collect(Collectors.toCollection(ArrayDeque::new));
                store.forceNames();
                for (String file : files) {
                    if (file.endsWith(LetterFiles.UNFINISHED)) {
                        store.delete(file);
                    }
                }
            }
            if (!interrupted.isEmpty()) {
                endInterrupted();
            }
            return interrupted.isEmpty();
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            log.warn("dead letters: an interrupted claim cannot be completed now: {}", e.toString());
            abandon();
            return true;
        }
    }

    /** Does a slice of the first of them; the move if that ended it, else null. */
    private LetterMove endInterrupted() throws IOException {
        if (move == null) {
            move = LetterMove.resume(store, interrupted.peek());
        }
        if (!move.step()) {
            return null;
        }
        LetterMove ended = move;
        move = null;
        removed = ended.removed();
        interrupted.remove();
        return ended;
    }

    /** Whether there is a claim to {@link #work} on. */
    boolean areAsked() {
        return asked.get() != null;
    }

    /** Does a slice of a claim. */
    void work() throws SyncFailedException {
        removed = Map.of();
        if (current == null) {
            current = asked.get();
        }
        try {
            if (unsure) {
                findInterrupted();
            }
            if (!interrupted.isEmpty()) {
                workOnInterrupted();
            } else {
                workOnClaim();
            }
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            abandon();
            end().completeExceptionally(new DeadLetterException(
                    "dead letters cannot be taken out of " + store.describe("") + ": " + e
                            + "; none is lost, free some space and try again",
                    e));
        }
    }

    /**
     * Ends what is under way, because of an unexpected exception.
     *
     * @throws SyncFailedException where that ends in a failed sync; the caller is not told yet
     */
    void failed(Throwable cause) throws SyncFailedException {
        try {
            if (move != null) {
                move.abandon();
            }
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            log.debug("dead letters: a claim left something behind", e);
        } finally {
            move = null;
            current = null;
            // What a copy holds must be known, or the next claim would take it once more.
            unsure = true;
        }
        fail("dead letters cannot be taken out of " + store.describe("") + ": " + cause + "; none is lost", cause);
    }

    /** Makes {@link #resume} begin again. */
    void resumeAnew() {
        interrupted = null;
        closeMove();
    }

    private void closeMove() {
        try {
            if (move != null) {
                move.close();
            }
        } catch (IOException | RuntimeException e) {
            log.debug("dead letters: a file of a claim does not close", e);
        }
        move = null;
    }

    private void findInterrupted() throws IOException {
        for (String file : store.sizes().keySet()) {
            if (file.endsWith(LetterFiles.MOVING) && !interrupted.contains(LetterFiles.movingId(file))) {
                interrupted.add(LetterFiles.movingId(file));
            }
        }
        unsure = false;
    }

    /**
     * Tells those that wait for a claim why there will be none. Also called by one that asks when no thread works any
     * more.
     */
    void fail(String why, Throwable cause) {
        Claim left = asked.getAndSet(null);
        if (left != null) {
            left.done.completeExceptionally(new DeadLetterException(why, cause));
        }
    }

    private void workOnInterrupted() throws IOException {
        String id = interrupted.peek();
        LetterMove ended = endInterrupted();
        if (ended != null && id.equals(current.id)) {
            // The same claim, asked for again.
            end().complete(new Claimed(ended.count(), 0, ended.damaged()));
        }
    }

    private void workOnClaim() throws IOException {
        if (move == null) {
            if (store.sizes().containsKey(LetterFiles.replay(current.id))) {
                throw new IOException(LetterFiles.replay(current.id) + " already exists");
            }
            unsettled = 0;
            move = LetterMove.of(store, current.id, this::isClaimed);
        }
        if (move.step()) {
            removed = move.removed();
            Claimed claimed = new Claimed(move.count(), unsettled, move.damaged());
            end().complete(claimed);
        }
    }

    private boolean isClaimed(FiledLetter filed) {
        if (!current.which.test(filed)) {
            return false;
        }
        if (!settled.test(filed)) {
            unsettled++;
            return false;
        }
        return true;
    }

    private void abandon() throws SyncFailedException {
        try {
            if (move != null) {
                move.abandon();
            }
            if (current != null
                    && !interrupted.contains(current.id)
                    && store.sizes().containsKey(LetterFiles.moving(current.id))) {
                interrupted.add(current.id);
            }
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            // Whatever is half written is removed, and what is half done is ended, by the next start.
            log.debug("dead letters: a claim left something behind", e);
        }
        move = null;
    }

    private CompletableFuture<Claimed> end() {
        CompletableFuture<Claimed> done = current.done;
        move = null;
        current = null;
        asked.set(null);
        return done;
    }

    /** By file, how many letters the last slice took out of the days, if it was the last of a claim. */
    Map<String, Long> removed() {
        return removed;
    }

    void close() {
        closeMove();
        Claim left = asked.getAndSet(null);
        if (left != null) {
            left.done.completeExceptionally(new DeadLetterException("the server stops", null));
        }
    }
}
