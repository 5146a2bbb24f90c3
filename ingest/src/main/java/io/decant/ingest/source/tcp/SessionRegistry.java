package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceUser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * Who holds which session, and at which record each session is to be resumed. A session is held by one connection at a
 * time: a second that claims it has the first ended, and is answered when the first has released it, which it does once
 * everything that it handed in is synced. Of several that wait, the last to claim gets the session.
 *
 * <p>A session is remembered from its first record on, until nothing has come for it for {@code session-retain}; one
 * without a record only while it is held, for there is nothing to remember. How many there may be is bounded, in all
 * and for each client. A session counts for the client that began it, no matter who continues with it; one of an
 * earlier run, of which that is not known any more, for the first that continues with it. A session that is remembered
 * is never refused.
 *
 * <p>All state is confined to one event loop; {@link #claim} and {@link #release} may be called from any thread and
 * pass there. Claimants are called back on that loop and pass on to their own. So nothing here blocks, and messages
 * from one loop to another stay in order.
 */
final class SessionRegistry {

    /** A connection that asked for a session. Called on the registry's loop. */
    interface Claimant {

        /**
         * The session is this claimant's, until it calls {@link #release}; it must, even if it disconnected meanwhile.
         *
         * @param next ordinal of the record to resume at: so many are durable
         */
        void granted(StreamId session, long next);

        /**
         * The session is not available; the claim is over.
         *
         * @param durable records of the session that are durable
         */
        void denied(CloseReason ending, long durable);

        /** Another claims the session that this one holds: it must end and release it. */
        void takenOver(CloseReason ending);
    }

    /** However few sessions are remembered, it takes so many clients to begin them all. */
    private static final int CLIENTS_MIN = 2;

    private final String source;
    private final Executor home;
    private final ServedTime served;
    private final long retainMillis;
    private final int sessionsMax;
    private final int sessionsPerClientMax;
    private final Map<String, Held> held = new HashMap<>();

    /** Sessions without a connection, the longest unused first. */
    private final Map<String, Idle> idle = new LinkedHashMap<>();

    /** Sessions of both kinds by the client for which they count; none of 0. */
    private final Map<Object, Integer> perClient = new HashMap<>();

    /**
     * @param home the loop that all state is confined to: runs one task at a time, in the order in which they come
     * @param served by which sessions age: time in which no server runs is none, whatever the wall clock says
     * @param retain how long a session without a connection is remembered
     * @param sessionsMax most sessions to remember, held ones included
     * @param sessionsPerClientMax most of them that count for one client, where that is less than half of all
     * @param kept the sessions of earlier runs, by id
     */
    SessionRegistry(
            String source,
            Executor home,
            ServedTime served,
            Duration retain,
            int sessionsMax,
            int sessionsPerClientMax,
            Map<String, ResumableStream> kept) {
        this.source = source;
        this.home = home;
        this.served = served;
        this.retainMillis = retain.toMillis();
        this.sessionsMax = sessionsMax;
        this.sessionsPerClientMax = Math.min(sessionsPerClientMax, Math.max(1, sessionsMax / CLIENTS_MIN));
        kept.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().seenServedMillis()))
                .forEachOrdered(entry -> idle.put(
                        entry.getKey(),
                        new Idle(entry.getValue().next(), entry.getValue().seenServedMillis(), null)));
    }

    /** @param client a {@link SourceUser}, or as {@link Addresses#client} gives it */
    void claim(String id, Object client, Claimant claimant) {
        home.execute(() -> claimAtHome(id, client, claimant));
    }

    /** Gives the session back; {@code next} of its records are durable and none is under way. */
    void release(StreamId session, long next) {
        home.execute(() -> releaseAtHome(session.name(), next));
    }

    private void claimAtHome(String id, Object client, Claimant claimant) {
        forgetUnused();
        Held session = held.get(id);
        if (session != null) {
            if (session.waiting.isEmpty()) {
                session.holder.takenOver(CloseReason.TAKEN_OVER);
            }
            session.waiting.add(claimant);
            return;
        }
        Idle known = idle.get(id);
        CloseReason denial = known == null ? denial(client) : null;
        if (denial != null) {
            claimant.denied(denial, 0);
            return;
        }
        idle.remove(id);
        Object counted = known == null || known.client == null ? client : known.client;
        if (known == null || known.client == null) {
            perClient.merge(counted, 1, Integer::sum);
        }
        Held granted = new Held(new StreamId(source, id, true), counted);
        held.put(id, granted);
        granted.grant(claimant, known == null ? 0 : known.next);
    }

    /** Why the client may begin no session now, or null. */
    private CloseReason denial(Object client) {
        if (perClient.getOrDefault(client, 0) >= sessionsPerClientMax) {
            return client instanceof SourceUser
                    ? CloseReason.tooManySessionsOfUser(sessionsPerClientMax)
                    : CloseReason.tooManySessionsOfAddress(sessionsPerClientMax);
        }
        return held.size() + idle.size() >= sessionsMax ? CloseReason.tooManySessions(sessionsMax) : null;
    }

    private void releaseAtHome(String id, long next) {
        Held session = held.get(id);
        if (session.waiting.isEmpty()) {
            held.remove(id);
            if (next == 0) {
                stopCounting(session.client);
            } else {
                idle.put(id, new Idle(next, served.millis(), session.client));
            }
            return;
        }
        Claimant last = session.waiting.remove(session.waiting.size() - 1);
        session.waiting.forEach(waiting -> waiting.denied(CloseReason.TAKEN_OVER, next));
        session.waiting.clear();
        session.grant(last, next);
    }

    private void forgetUnused() {
        long usedBefore = served.millis() - retainMillis;
        Iterator<Idle> oldest = idle.values().iterator();
        while (oldest.hasNext()) {
            Idle session = oldest.next();
            if (session.seenServedMillis >= usedBefore) {
                return;
            }
            oldest.remove();
            if (session.client != null) {
                stopCounting(session.client);
            }
        }
    }

    private void stopCounting(Object client) {
        perClient.computeIfPresent(client, (same, sessions) -> sessions == 1 ? null : sessions - 1);
    }

    /**
     * A session without a connection.
     *
     * @param next ordinal of the record to resume at
     * @param seenServedMillis when it was used last, in time served
     * @param client for which it counts, or null if none has continued it in this run
     */
    private record Idle(long next, long seenServedMillis, Object client) {}

    /** A session that a connection holds. */
    private static final class Held {

        private final StreamId id;
        private final Object client;
        private Claimant holder;

        /** In the order of their claims; bounded, for each of them takes up one of the source's connections. */
        private final List<Claimant> waiting = new ArrayList<>(1);

        Held(StreamId id, Object client) {
            this.id = id;
            this.client = client;
        }

        void grant(Claimant claimant, long next) {
            holder = claimant;
            claimant.granted(id, next);
        }
    }
}
