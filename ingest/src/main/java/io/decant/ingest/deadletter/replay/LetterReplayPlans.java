package io.decant.ingest.deadletter.replay;

import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.io.SyncFailedException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plans that there are, and ids for new ones: a plan's id never comes again, since the journal tells by it how much
 * of a plan it holds. In the order of their ids they go out. Any thread.
 */
public final class LetterReplayPlans {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final Logger log = LoggerFactory.getLogger(LetterReplayPlans.class);

    private final Set<String> ids = new ConcurrentSkipListSet<>();
    private final DeadLetterStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** Whether those of earlier servers are among them. */
    private volatile boolean known;

    private final LoggedCauses causes = new LoggedCauses();
    private volatile String trouble = "";
    /** A sync that failed is not tried again: it may seem to succeed then. */
    private boolean syncFailed;

    private LetterReplayPlans(DeadLetterStore store, InstantSource clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Those that earlier servers left, if they can be read now; else they are looked for again, see {@link #areKnown}.
     */
    public static LetterReplayPlans of(
            DeadLetterStore store, InstantSource clock, RandomGenerator random, long nowNanos) {
        LetterReplayPlans plans = new LetterReplayPlans(store, clock, random);
        plans.look(nowNanos);
        return plans;
    }

    /**
     * Looks for those that earlier servers left, unless they are known or a sync has failed. By one thread at a time.
     */
    void look(long nowNanos) {
        if (known || syncFailed) {
            return;
        }
        try {
            // What is removed by now must stay so: the journal is about to forget how much of it was in there.
            store.forceNames();
            ids.addAll(LetterFiles.replays(store.sizes().keySet()));
            known = true;
            trouble = "";
            if (causes.works(nowNanos)) {
                log.info("dead letters under {} can be read again", store.describe(""));
            }
        } catch (SyncFailedException e) {
            syncFailed = true;
            troubled(e, "fix the disk and restart", nowNanos);
        } catch (IOException | RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw (Error) e;
            }
            troubled(e, "it is retried every second", nowNanos);
        }
    }

    private void troubled(Throwable cause, String wayOut, long nowNanos) {
        if (causes.failed(LoggedCauses.kind(cause), nowNanos) || syncFailed) {
            log.warn(
                    "dead letters: replays under {} cannot be read: {}; none is sent, {}",
                    store.describe(""),
                    cause.toString(),
                    wayOut);
        }
        trouble = "replays under " + store.describe("") + " cannot be read: " + cause + "; none is sent, " + wayOut;
    }

    /** Whether those of earlier servers are known. */
    boolean areKnown() {
        return known;
    }

    /** Why they are not, in one line; empty where they are. */
    String trouble() {
        return trouble;
    }

    /** Where the files of the plans are. */
    DeadLetterStore store() {
        return store;
    }

    /** The wall clock, milliseconds since the epoch. */
    long nowMillis() {
        return clock.millis();
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    /** Whether there is such a plan, or may be: as long as there is, the journal must know how much of it it holds. */
    public boolean contains(String id) {
        return !known || ids.contains(id);
    }

    /** The id of a new one. */
    String next() {
        String id = TIME.format(Instant.ofEpochMilli(nowMillis())) + String.format("-%016x", random.nextLong());
        ids.add(id);
        return id;
    }

    /** It is removed permanently. */
    void ended(String id) {
        ids.remove(id);
    }
}
