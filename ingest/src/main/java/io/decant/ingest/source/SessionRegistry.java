package io.decant.ingest.source;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who holds which session, and at which record each session is to be resumed. A session is held by one connection at a
 * time: a second that claims it has the first ended, and is answered when the first has released it, which it does once
 * everything that it handed in is synced. Of several that wait, the last to claim gets the session.
 *
 * <p>All state is confined to one event loop; {@link #claim} and {@link #release} may be called from any thread and pass
 * there. Claimants are called back on that loop and pass on to their own. So nothing here blocks, and messages from one
 * loop to another stay in order.
 */
final class SessionRegistry {

    /** A connection that asked for a session. Called on the registry's loop. */
    interface Claimant {

        /**
         * The session is this claimant's, until it calls {@link #release}; it must, even where it is gone meanwhile.
         *
         * @param next ordinal of the record to resume at: so many are durable
         */
        void granted(StreamId session, long next);

        /**
         * The session is not to be had; the claim is over.
         *
         * @param durable records of the session that are durable
         */
        void denied(Ending ending, long durable);

        /** Another claims the session that this one holds: it must end and release it. */
        void takenOver(Ending ending);
    }

    private final String source;
    private final EventExecutor home;
    private final ServedTime served;
    private final long retainMillis;
    private final int sessionsMax;
    private final Map<String, Held> held = new HashMap<>();

    /** Sessions that nobody holds, the longest unused first. */
    private final Map<String, KeptStream> idle = new LinkedHashMap<>();

    /**
     * @param home the loop that all state is confined to
     * @param served by which sessions age: time in which no server runs is none, whatever the wall clock says
     * @param retain how long a session that nobody holds is remembered
     * @param sessionsMax most sessions to remember, held ones included
     * @param kept the sessions of earlier runs, by id
     */
    SessionRegistry(
            String source,
            EventExecutor home,
            ServedTime served,
            Duration retain,
            int sessionsMax,
            Map<String, KeptStream> kept) {
        this.source = source;
        this.home = home;
        this.served = served;
        this.retainMillis = retain.toMillis();
        this.sessionsMax = sessionsMax;
        kept.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().seenServedMillis()))
                .forEachOrdered(entry -> idle.put(entry.getKey(), entry.getValue()));
    }

    void claim(String id, Claimant claimant) {
        home.execute(() -> claimAtHome(id, claimant));
    }

    /** Gives the session back; {@code next} of its records are durable and none is under way. */
    void release(StreamId session, long next) {
        home.execute(() -> releaseAtHome(session.name(), next));
    }

    private void claimAtHome(String id, Claimant claimant) {
        forgetUnused();
        Held session = held.get(id);
        if (session != null) {
            if (session.waiting.isEmpty()) {
                session.holder.takenOver(Ending.TAKEN_OVER);
            }
            session.waiting.add(claimant);
            return;
        }
        KeptStream known = idle.remove(id);
        if (known == null && held.size() + idle.size() >= sessionsMax) {
            claimant.denied(Ending.tooManySessions(sessionsMax), 0);
            return;
        }
        Held granted = new Held(new StreamId(source, id, true));
        held.put(id, granted);
        granted.grant(claimant, known == null ? 0 : known.next());
    }

    private void releaseAtHome(String id, long next) {
        Held session = held.get(id);
        if (session.waiting.isEmpty()) {
            held.remove(id);
            idle.put(id, new KeptStream(next, served.millis()));
            return;
        }
        Claimant last = session.waiting.remove(session.waiting.size() - 1);
        session.waiting.forEach(waiting -> waiting.denied(Ending.TAKEN_OVER, next));
        session.waiting.clear();
        session.grant(last, next);
    }

    private void forgetUnused() {
        long usedBefore = served.millis() - retainMillis;
        Iterator<KeptStream> oldest = idle.values().iterator();
        while (oldest.hasNext() && oldest.next().seenServedMillis() < usedBefore) {
            oldest.remove();
        }
    }

    /** A session that a connection holds. */
    private static final class Held {

        private final StreamId id;
        private Claimant holder;

        /** In the order of their claims; bounded, for each of them takes up one of the source's connections. */
        private final List<Claimant> waiting = new ArrayList<>(1);

        Held(StreamId id) {
            this.id = id;
        }

        void grant(Claimant claimant, long next) {
            holder = claimant;
            claimant.granted(id, next);
        }
    }
}
