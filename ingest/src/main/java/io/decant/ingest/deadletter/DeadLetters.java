package io.decant.ingest.deadletter;

import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.io.SyncFailedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the dead letters of the lanes: takes letters out of their boxes, appends a group to the file of the day,
 * forces it, and only then tells the lanes. Where the bound is reached, or the disk takes no more, letters wait in the
 * boxes, and so do their lanes.
 *
 * <p>Owned by one thread, that of its stage; {@link #claim} and what says how things are is for any. A box is its
 * lane's.
 */
public final class DeadLetters implements Stage {

    /** Why sources, and a replay that takes no letters, wait while {@link #isFull}; in words, for people. */
    public static final String FULL_REASON =
            "dead letters have reached dlq.max-size; see 'decant dlq list', replay or remove some; if a"
                    + " replay accepts none, because a restart might read their records again, move files out of"
                    + " data-dir/dlq, or raise dlq.max-size";

    /** How often a full folder, or a disk that takes nothing, is looked at again. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final DeadLetterStore store;
    private final String journal;
    private final long bytesMax;
    private final InstantSource clock;
    private final ToLongFunction<String> settled;
    private final Predicate<DeadLetter> passed;
    private final Runnable changed;
    private final Map<String, LetterQueue> boxes = new LinkedHashMap<>();
    private final LetterTally tally;
    private final DeadLetterLog totals;
    private final StageWaker waker = new StageWaker();
    private final LetterClaims claims;
    /** Letters that are written, or in the group, of batches that a lane may come to again. */
    private final LetterSet known = new LetterSet();

    private final LetterGroup group = new LetterGroup(known);
    private final DayFiles files;
    private LetterScan scan;
    private boolean scanned;
    private long lookAtNanos;
    private boolean lookNow = true;
    /** Letters are in boxes, or in the group, that could not be written when it was tried last. */
    private boolean waits;
    /** Boxes whose first letter cannot be written, each until the folder is looked at again. */
    private final Set<LetterQueue> stuck = new HashSet<>();

    private volatile boolean full;
    /** Nothing is written any more: only a restart can tell what is on the disk. */
    private volatile boolean stopped;

    private final LoggedCauses causes = new LoggedCauses();
    private volatile String trouble = "";

    /**
     * Reads nothing: that is for the first turns of {@link #work}.
     *
     * @param journal id of the journal whose batches are delivered
     * @param sinks a box for each
     * @param bytesMax bound of all files together
     * @param settled by sink, the last batch that no restart comes back to, its mark being synced; for the empty name
     *     the last one of which that holds for every sink; any large number if a sink was removed. Only grows
     * @param passed whether no restart comes back to the record of a letter, which may be of a later batch
     * @param changed told when letters are synced, and when {@link #isFull} has changed
     */
    public DeadLetters(
            DeadLetterStore store,
            String journal,
            Collection<String> sinks,
            long bytesMax,
            InstantSource clock,
            ToLongFunction<String> settled,
            Predicate<DeadLetter> passed,
            Runnable changed) {
        this.store = store;
        this.journal = journal;
        this.bytesMax = bytesMax;
        this.clock = clock;
        this.settled = settled;
        this.passed = passed;
        this.changed = changed;
        this.files = new DayFiles(store, clock);
        this.tally = new LetterTally(sinks);
        this.totals = new DeadLetterLog(this::written);
        this.claims = new LetterClaims(store, this::isSettled, waker);
        sinks.forEach(sink -> boxes.put(sink, new LetterQueue(waker)));
    }

    /** Where the lane of that sink leaves its letters. */
    public DeadLetterBox box(String sink) {
        return boxes.get(sink);
    }

    /** Has the box of a sink tell what it refused; before the first {@link #work}. */
    public void lookUp(String sink, RefusalHistory history) {
        boxes.get(sink).lookUp(history);
    }

    /** Whether letters wait because the bound is reached. */
    public boolean isFull() {
        return full;
    }

    /** Why letters cannot be written, in one line; empty where they can, or where the bound alone is in the way. */
    public String trouble() {
        return trouble;
    }

    /** Letters in the files of the days; 0 until those that were there are counted. */
    public long letters() {
        return files.letters();
    }

    /** Of all files, those of replays included, as of the last look. */
    public long bytes() {
        return files.bytes();
    }

    public long bytesMax() {
        return bytesMax;
    }

    /**
     * Letters written since the start: by sink, the empty one for records that got to none, then by reason, zeros
     * included.
     */
    public Map<String, Map<Reason, Long>> written() {
        return tally.written();
    }

    /**
     * Has letters taken out of the files of the days and into that of a replay, durably; see
     * {@link LetterFiles#replay}. Left out are letters of records that their sink has not passed permanently: it may
     * give them up once more.
     *
     * @param id 1 to 64 of {@code A-Za-z0-9_-}, of no replay that is there; that of a claim which failed, or which a
     *     crash interrupted, continues with it
     * @param which called by the stage's thread
     * @return completes on the thread of the stage; exceptionally with a {@link DeadLetterException} where the disk
     *     does not take it, and then it can be asked for again, or where another claim is under way
     */
    public CompletableFuture<Claimed> claim(String id, Predicate<FiledLetter> which) {
        CompletableFuture<Claimed> claim = claims.ask(id, which);
        if (stopped) {
            claims.fail(trouble, null);
        }
        return claim;
    }

    /**
     * What a claim came to.
     *
     * @param letters that are taken out
     * @param unsettled letters that stay, since a restart might come back to their records
     * @param damaged lines that stay, since they cannot be read
     */
    public record Claimed(long letters, long unsettled, long damaged) {

        /** One that met no damage. */
        Claimed(long letters, long unsettled) {
            this(letters, unsettled, 0);
        }
    }

    @Override
    public String name() {
        return "dead-letters";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /** A failed sync stops it alone: only sinks that have letters wait for them; the journal and the rest continue. */
    @Override
    public boolean work(long nowNanos) {
        boolean worked = false;
        try {
            worked = writeOrTakeOut(nowNanos);
        } catch (DeadLetterException e) {
            stop(e);
        }
        totals.look(nowNanos);
        return worked;
    }

    /** Does a slice of what earlier servers left, or of a claim, or writes a group. */
    private boolean writeOrTakeOut(long nowNanos) {
        if (stopped) {
            return false;
        }
        try {
            if (!scanned) {
                return scan(nowNanos);
            }
            return claims.areAsked() ? takeOut(nowNanos) : write(nowNanos);
        } catch (SyncFailedException e) {
            throw syncFailed(e);
        } catch (RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            failed(e, nowNanos);
            return false;
        }
    }

    private DeadLetterException syncFailed(SyncFailedException cause) {
        return new DeadLetterException(
                "dead letters: sync failed under " + store.describe("") + ": " + cause.getMessage()
                        + "; no more dead letters are written, fix the disk and restart",
                cause);
    }

    /** Writes no letter any more before the next start; lanes that have some wait. By the stage's thread. */
    private void stop(DeadLetterException cause) {
        trouble = cause.getMessage();
        stopped = true;
        // Nothing would ever take it back, and sources would wait for it.
        full = false;
        closeScan();
        // What was read by now is all that there will be: a sink must not wait for the rest.
        boxes.values().forEach(LetterQueue::allFound);
        changed.run();
        claims.fail(trouble, cause);
        log.error("{}; sinks with new dead letters wait, everything else continues", trouble, cause);
    }

    /** Whether a sync failed, so that no letter is written any more before the next start. */
    public boolean isStopped() {
        return stopped;
    }

    /** Retries after an unexpected exception, in a while. */
    private void failed(Throwable cause, long nowNanos) {
        try {
            if (scanned) {
                claims.failed(cause);
            } else {
                closeScan();
                claims.resumeAnew();
            }
        } catch (SyncFailedException e) {
            throw syncFailed(e);
        }
        lookAtNanos = nowNanos + LOOK_NANOS;
        troubled(cause, nowNanos);
    }

    @Override
    public long wakeAtNanos() {
        return Math.min(stopped ? Long.MAX_VALUE : lookAtNanos, totals.lookAtNanos());
    }

    private boolean isSettled(FiledLetter filed) {
        return !filed.journal().equals(journal) || passed.test(filed.letter());
    }

    /**
     * Whether a lane may come to a letter once more, that an earlier server wrote; the sink's history sees each of
     * them.
     */
    private boolean isOfferedAgain(FiledLetter filed) {
        LetterQueue box = boxes.get(filed.letter().sink());
        if (box != null && filed.journal().equals(journal)) {
            box.found(filed.letter());
        }
        return !isSettled(filed);
    }

    private boolean scan(long nowNanos) throws SyncFailedException {
        if (waits && nowNanos - lookAtNanos < 0) {
            return false;
        }
        try {
            if (scan == null) {
                files.look();
                if (!claims.resume(files.names())) {
                    return true;
                }
                scan = new LetterScan(store, this::isOfferedAgain, known);
            }
            if (scan.step()) {
                scanned = true;
                files.counted(scan.letters());
                scan = null;
                boxes.values().forEach(LetterQueue::allFound);
                changed.run();
                files.look();
            }
            return true;
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            closeScan();
            lookAtNanos = nowNanos + LOOK_NANOS;
            troubled(e, nowNanos);
            return false;
        }
    }

    private void closeScan() {
        try {
            if (scan != null) {
                scan.close();
            }
        } catch (IOException | RuntimeException e) {
            log.debug("dead letters: a file does not close", e);
        }
        scan = null;
    }

    /** Does a slice of a claim, with nothing in the files but what is synced. */
    private boolean takeOut(long nowNanos) throws SyncFailedException {
        try {
            files.repair();
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            troubled(e, nowNanos);
            return false;
        }
        claims.work();
        files.removed(claims.removed());
        lookNow = true;
        return true;
    }

    /** Looks at the folder, when that is due or there are letters, and writes as many as there is room for. */
    private boolean write(long nowNanos) throws SyncFailedException {
        boolean due = lookNow || nowNanos - lookAtNanos >= 0;
        if (!due && (waits || nothingOffered())) {
            return false;
        }
        lookNow = false;
        if (due) {
            stuck.clear();
            lookAtNanos = nowNanos + LOOK_NANOS;
        }
        boolean wasFull = full;
        try {
            files.repair();
            files.look();
            boolean room = gather(nowNanos);
            if (!group.isEmpty()) {
                files.append(group);
                group.clear();
            }
            recovered(room, nowNanos);
        } catch (SyncFailedException e) {
            throw e;
        } catch (IOException e) {
            troubled(e, nowNanos);
            return false;
        }
        boolean moved = full != wasFull;
        for (LetterQueue box : boxes.values()) {
            moved |= box.allSynced();
        }
        if (moved) {
            known.forget(settled);
            changed.run();
        }
        return moved;
    }

    private boolean nothingOffered() {
        return boxes.values().stream().allMatch(box -> box.peek() == null || stuck.contains(box));
    }

    /** Fills the group, unless one is left that could not be written; false where the bound keeps a letter out. */
    private boolean gather(long nowNanos) {
        if (!group.isEmpty()) {
            return true;
        }
        Instant time = clock.instant();
        boolean room = true;
        for (LetterQueue box : boxes.values()) {
            if (stuck.contains(box)) {
                continue;
            }
            try {
                room &= gather(box, time);
            } catch (RuntimeException | Error e) {
                if (!AttemptFailure.covers(e)) {
                    throw e;
                }
                // It fails again: only the sink that has left it waits.
                stuck.add(box);
                troubled(e, nowNanos);
            }
        }
        return room;
    }

    private boolean gather(LetterQueue box, Instant time) {
        DeadLetter letter = box.peek();
        while (letter != null && !group.isFull()) {
            FiledLetter filed = new FiledLetter(time, journal, letter);
            if (!known.contains(filed)) {
                if (!group.add(filed, bytesMax - files.bytes())) {
                    return false;
                }
                tally.count(letter);
            }
            box.take();
            letter = box.peek();
        }
        return true;
    }

    /** Ends a trouble that is over, and begins or ends the wait for room. */
    private void recovered(boolean room, long nowNanos) {
        if (!trouble.isEmpty() && stuck.isEmpty()) {
            trouble = "";
            if (causes.works(nowNanos)) {
                log.info("dead letters can be written again");
            }
        }
        if (full == room) {
            full = !room;
            if (full) {
                log.warn(
                        "dead letters wait: their files hold {} of {} bytes, see 'decant dlq list'",
                        files.bytes(),
                        bytesMax);
            } else {
                log.info("dead letters are written again: there is room below dlq.max-size");
            }
        }
        waits = full;
    }

    private void troubled(Throwable e, long nowNanos) {
        if (causes.failed(LoggedCauses.kind(e), nowNanos)) {
            log.warn(
                    "dead letters cannot be {} under {}: {}; retried every second, sinks with new dead letters wait",
                    scanned ? "written" : "read",
                    store.describe(""),
                    e.toString());
            log.debug("dead letters", e);
        }
        trouble = e.toString();
        waits = true;
    }

    /** Ends; a claim that waits is told so, and the log the totals. The stage works no more. */
    public void close() {
        closeScan();
        claims.close();
        totals.ended();
    }
}
