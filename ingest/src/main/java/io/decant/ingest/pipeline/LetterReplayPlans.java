package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetterException;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.random.RandomGenerator;

/**
 * The plans that there are, and ids for new ones: a plan's id never comes again, since the journal tells by it how much of a plan it
 * holds. In the order of their ids they go out. Any thread.
 */
final class LetterReplayPlans {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Set<String> ids;
    private final InstantSource clock;
    private final RandomGenerator random;

    private LetterReplayPlans(Collection<String> ids, InstantSource clock, RandomGenerator random) {
        this.ids = new ConcurrentSkipListSet<>(ids);
        this.clock = clock;
        this.random = random;
    }

    /**
     * Those that earlier servers left.
     *
     * @throws DeadLetterException where nobody can tell
     */
    static LetterReplayPlans of(DeadLetterStore store, InstantSource clock, RandomGenerator random) {
        try {
            // What is gone by now must stay so: the journal is about to forget how much of it was in there.
            store.forceNames();
            return new LetterReplayPlans(LetterFiles.replays(store.sizes().keySet()), clock, random);
        } catch (IOException e) {
            throw new DeadLetterException(
                    "dead letters under " + store.describe("") + " cannot be read: " + e + "; mend that", e);
        }
    }

    List<String> ids() {
        return List.copyOf(ids);
    }

    /** Whether there is such a plan: as long as there is, the journal must know how much of it it holds. */
    boolean contains(String id) {
        return ids.contains(id);
    }

    /** The id of a new one. */
    String next() {
        String id = TIME.format(Instant.ofEpochMilli(clock.millis())) + String.format("-%016x", random.nextLong());
        ids.add(id);
        return id;
    }

    /** It is gone for good. */
    void ended(String id) {
        ids.remove(id);
    }
}
