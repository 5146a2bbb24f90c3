package io.decant.ingest.source.http;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ResumableStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * At which record each session goes on. One request of a session is under way at a time. A session is remembered from
 * its first record on, until nothing has come for it for {@code session-retain} of time served. How many there may be
 * is bounded; one that is remembered is never refused.
 *
 * <p>Safe from any thread: each call holds the lock for the time of a look-up.
 */
final class HttpSessions {

    /** What becomes of a claim. */
    enum Outcome {
        GRANTED,
        /** Another request of the session is under way. */
        UNDER_WAY,
        /** There are as many sessions as there may be. */
        TOO_MANY
    }

    /** @param next ordinal of the record to go on at: so many are durable; 0 where it is not granted */
    record Claim(Outcome outcome, long next) {}

    private record Idle(long next, long servedMillis) {}

    private static final Claim UNDER_WAY = new Claim(Outcome.UNDER_WAY, 0);
    private static final Claim TOO_MANY = new Claim(Outcome.TOO_MANY, 0);

    private final ServedTime served;
    private final long retainMillis;
    private final int sessionsMax;

    /** The longest unused first. */
    private final Map<String, Idle> idle = new LinkedHashMap<>();

    private final Map<String, Long> underWay = new HashMap<>();

    /** @param kept those of earlier runs, by id */
    HttpSessions(ServedTime served, Duration retain, int sessionsMax, Map<String, ResumableStream> kept) {
        this.served = served;
        this.retainMillis = retain.toMillis();
        this.sessionsMax = sessionsMax;
        kept.entrySet().stream()
                .sorted((a, b) -> Long.compare(
                        a.getValue().seenServedMillis(), b.getValue().seenServedMillis()))
                .forEachOrdered(session -> idle.put(
                        session.getKey(),
                        new Idle(session.getValue().next(), session.getValue().seenServedMillis())));
    }

    int max() {
        return sessionsMax;
    }

    /** Asks for a session. One that is granted must be released. */
    synchronized Claim claim(String id) {
        forgetUnused();
        if (underWay.containsKey(id)) {
            return UNDER_WAY;
        }
        Idle known = idle.remove(id);
        if (known == null && idle.size() + underWay.size() >= sessionsMax) {
            return TOO_MANY;
        }
        long next = known == null ? 0 : known.next();
        underWay.put(id, next);
        return new Claim(Outcome.GRANTED, next);
    }

    /** Gives a session back; so many of its records are durable. */
    synchronized void release(String id, long next) {
        underWay.remove(id);
        if (next > 0) {
            idle.put(id, new Idle(next, served.millis()));
        }
    }

    private void forgetUnused() {
        long usedBefore = served.millis() - retainMillis;
        Iterator<Idle> oldest = idle.values().iterator();
        while (oldest.hasNext() && oldest.next().servedMillis() < usedBefore) {
            oldest.remove();
        }
    }
}
