package io.decant.ingest.batch;

import io.decant.bucketer.AssignmentStoppedException;
import io.decant.bucketer.ChunkMismatchException;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalException;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.retry.DoublingDelay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often each batch was tried, on the disk, since a try may end the process (a full heap does). After
 * {@value #TRIES_BEFORE_SEARCH} tries that came to nothing it looks for the record that does it: range by range, each
 * noted on the disk before it is looked at, so that the next process knows which one ended the last. A record that
 * fails {@value #FAILS_MIN} times by itself is set aside, once the journal says so durably; then the batch is the batch
 * without it, for every sink and permanently.
 *
 * <p>The first try of a batch costs two small writes that are not waited for; what comes after a failed one is synced.
 * Where the disk refuses, nothing is counted, and the log says so.
 *
 * <p>Thread-safe. One search at a time, and beside it no second try of another batch: what ends the process must be
 * what is being looked at.
 */
public final class BatchTrials implements AutoCloseable {

    /** Failed tries before the record is searched for. */
    static final int TRIES_BEFORE_SEARCH = 2;

    /** How often a record must fail by itself: a process may end for other reasons just then. */
    static final int FAILS_MIN = 3;

    /** A range is looked at in so many pieces: each step down may cost a process, so there are few. */
    static final int PIECES = 64;

    /** Searches of a batch that find nothing. */
    static final int ROUNDS_MAX = 2;

    /**
     * Tries of a batch that no record explains; then it is not tried any more before the next start, which tries it
     * once.
     */
    static final int TRIES_MAX = 16;

    private static final DoublingDelay DELAY = DoublingDelay.of(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private static final String ADVICE =
            "; give the server more memory (-Xmx in JAVA_OPTS), or its machine more RAM, and restart";

    private static final int REASON_CHARS_MAX = 400;

    private static final Logger log = LoggerFactory.getLogger(BatchTrials.class);

    private final ExclusionJournal journal;
    private final ExcludedRecords excluded;
    private final long memory;
    private final LongSupplier nanoTime;
    private final ReentrantLock alone = new ReentrantLock();
    /** Also the lock of the slots' fields. */
    private final TrialSlots slots;

    /** What is tried. */
    interface Trial<T> {

        /** @param onThisThread by no other thread beside this one */
        T run(boolean onThisThread);

        /** The sinks that the batch is for. */
        Set<String> sinks();

        /** Does the same to some records, by ordinal among those that are left, and keeps nothing. */
        void probe(long from, long to);
    }

    /**
     * @param memory that this process has, in bytes
     * @param passed whether every sink has a batch, durably: only a replay comes back to it
     * @param nanoTime the monotonic clock
     */
    public BatchTrials(
            TrialStore store,
            int journalId,
            ExclusionJournal journal,
            ExcludedRecords excluded,
            long memory,
            LongPredicate passed,
            LongSupplier nanoTime) {
        this.journal = journal;
        this.excluded = excluded;
        this.memory = memory;
        this.nanoTime = nanoTime;
        this.slots = new TrialSlots(store, journalId, memory, passed, nanoTime);
    }

    /**
     * Tries a batch.
     *
     * @param records that are left of it
     * @param setAside those that are not, by ordinal
     * @throws BatchTrialException where nothing comes of it now
     */
    <T> T run(long batch, long records, List<Exclusion> setAside, Trial<T> trial) {
        TrialSlot slot = slot(batch, setAside.size());
        boolean first = slot.tries == 0 && slot.phase == TrialSlot.Phase.TRYING;
        if (first) {
            return attempt(slot, trial);
        }
        alone.lock();
        try {
            requireNow(slot);
            if (slot.stopped) {
                // What was missing may be there again; where this try ends the process, the next one stops its sinks
                // first.
                slot.stopped = false;
                return attempt(slot, trial);
            }
            if (slot.phase == TrialSlot.Phase.TRYING && slot.tries >= TRIES_BEFORE_SEARCH) {
                log.warn(
                        "batch {} was tried {} times and not processed{}; searching for the record that causes it",
                        batch,
                        slot.tries,
                        slot.cause.isEmpty() ? "" : ": " + slot.cause);
                slot.search(records, setAside.size());
            }
            if (slot.phase == TrialSlot.Phase.SEARCHING) {
                search(slot, records, setAside.size(), trial);
            }
            if (slot.phase == TrialSlot.Phase.FOUND) {
                setAside(slot, setAside, trial.sinks());
            }
            if (slot.tries >= TRIES_MAX) {
                throw stop(
                        slot,
                        "batch " + batch + " was tried " + slot.tries
                                + " times and not processed, although each of its records can be" + because(slot)
                                + ADVICE);
            }
            return attempt(slot, trial);
        } finally {
            alone.unlock();
        }
    }

    /** One try counts for all that wait for the batch: until the next is due they are told what became of it. */
    private void requireNow(TrialSlot slot) {
        if (!slot.stop.isEmpty()) {
            throw BatchTrialException.stopped(slot.stop);
        }
        long wait = slot.retryNanos - nanoTime.getAsLong();
        if (!slot.failure.isEmpty() && wait > 0) {
            throw BatchTrialException.again(slot.failure, slot.cause, null, wait);
        }
    }

    private BatchTrialException stop(TrialSlot slot, String why) {
        slot.stop = why;
        slot.stopped = true;
        slots.write(slot, true);
        return BatchTrialException.stopped(why);
    }

    /**
     * Notes that a batch is there for a sink without having been tried here, since Spark has split it: from now on a
     * sink may have had some of it.
     */
    void opened(long batch) {
        synchronized (slots) {
            TrialSlot slot = slots.of(batch);
            if (!slot.loaded) {
                slot.loaded = true;
                slots.write(slot, false);
            }
        }
    }

    private TrialSlot slot(long batch, int setAside) {
        synchronized (slots) {
            TrialSlot slot = slots.of(batch);
            if (slot.memory != memory) {
                slot.memory = memory;
                slot.anew();
            }
            if (slot.excluded == TrialSlot.NOT_KNOWN) {
                slot.excluded = setAside;
            }
            if (slot.excluded != setAside) {
                slot.excluded = setAside;
                slot.anew();
                // Another record may be as bad: its second failure is enough to look for it.
                slot.tries = TRIES_BEFORE_SEARCH - 1;
            }
            return slot;
        }
    }

    private <T> T attempt(TrialSlot slot, Trial<T> trial) {
        slot.tries++;
        slots.write(slot, slot.tries > 1);
        T result;
        try {
            result = trial.run(slot.phase == TrialSlot.Phase.UNEXPLAINED);
        } catch (AssignmentStoppedException | ChunkMismatchException | JournalException e) {
            // Not what a record did.
            slot.tries--;
            slots.write(slot, false);
            throw e;
        } catch (RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            slot.cause = e.toString();
            slot.failure = "batch " + slot.batch + " cannot be processed, attempt " + slot.tries + ": " + slot.cause;
            long wait = DELAY.nanos(slot.tries);
            slot.retryNanos = nanoTime.getAsLong() + wait;
            throw BatchTrialException.again(slot.failure, slot.cause, e, wait);
        }
        slot.anew();
        slot.loaded = true;
        slots.write(slot, false);
        return result;
    }

    /** Ends with a record that is found, or with none. */
    private void search(TrialSlot slot, long records, int setAside, Trial<?> trial) {
        if (slot.probeFrom != TrialSlot.NOTHING) {
            // The process before this one ended in it.
            slot.failed();
        }
        while (slot.phase == TrialSlot.Phase.SEARCHING) {
            if (slot.fails >= FAILS_MIN) {
                slot.phase = TrialSlot.Phase.FOUND;
            } else if (!look(slot, trial)) {
                if (slot.rounds >= ROUNDS_MAX) {
                    slot.phase = TrialSlot.Phase.UNEXPLAINED;
                    log.warn("batch {}: each of its records can be processed; retrying with one thread", slot.batch);
                } else {
                    slot.search(records, setAside);
                }
            }
        }
        slots.write(slot, true);
    }

    /** Looks at the pieces of the range until one fails; false: none does. */
    private boolean look(TrialSlot slot, Trial<?> trial) {
        long to = slot.to;
        long step = Math.max(1, (to - slot.from + PIECES - 1) / PIECES);
        for (long at = slot.from; at < to; at += step) {
            slot.probeFrom = at;
            slot.probeTo = Math.min(to, at + step);
            slots.write(slot, true);
            if (!probe(slot, trial)) {
                slot.failed();
                return true;
            }
            slot.probeFrom = TrialSlot.NOTHING;
        }
        return false;
    }

    private boolean probe(TrialSlot slot, Trial<?> trial) {
        try {
            trial.probe(slot.probeFrom, slot.probeTo);
            return true;
        } catch (AssignmentStoppedException | ChunkMismatchException | JournalException e) {
            // Not what a record did.
            slot.probeFrom = TrialSlot.NOTHING;
            slots.write(slot, false);
            throw e;
        } catch (RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            slot.cause = e.toString();
            return false;
        }
    }

    private void setAside(TrialSlot slot, List<Exclusion> setAside, Set<String> sinks) {
        long ordinal = slot.from;
        for (Exclusion other : setAside) {
            ordinal += other.ordinal() <= ordinal ? 1 : 0;
        }
        String what = "batch " + slot.batch + " cannot be processed: its record " + ordinal + " fails" + because(slot);
        if (slot.loaded) {
            throw refused(slot, what, "a sink may have received some of it before");
        }
        Exclusion exclusion = new Exclusion(slot.batch, ordinal, reason(slot));
        journal.ask(exclusion, sinks);
        switch (journal.take(exclusion)) {
            case REFUSED -> throw refused(slot, what, "a sink has started it, or too many records are set aside");
            case WAITING -> throw BatchTrialException.again(what + "; it is being set aside", slot.cause);
            case SYNCED -> {
                excluded.add(exclusion);
                log.warn("{}; it is set aside and goes to the dead letters", what);
                throw BatchTrialException.again(what + "; it is set aside", slot.cause);
            }
        }
    }

    private BatchTrialException refused(TrialSlot slot, String what, String why) {
        return stop(slot, what + ". It is not set aside, since " + why + ADVICE);
    }

    private static String because(TrialSlot slot) {
        return slot.cause.isEmpty() ? ", and the process exits" : ": " + slot.cause;
    }

    private static String reason(TrialSlot slot) {
        String reason = slot.cause.isEmpty()
                ? "the process ended " + slot.fails + " times, probably out of memory"
                : slot.cause;
        String line = reason.lines().findFirst().orElse("");
        String cut = line.length() <= REASON_CHARS_MAX ? line : line.substring(0, REASON_CHARS_MAX);
        // Bounded in bytes: what is not ASCII takes up to three a character.
        return new String(cut.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }

    /** Gives the store back. */
    @Override
    public void close() {
        slots.close();
    }
}
