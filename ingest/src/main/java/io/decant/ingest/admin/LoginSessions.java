package io.decant.ingest.admin;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Browsers that have logged in, each under 256 random bits, of which only the hash is kept. A session ends an hour
 * after its last request and 12 hours after its login, when the server ends, and once its token is no longer the
 * user's. Safe from any thread.
 */
final class LoginSessions {

    static final long IDLE_NANOS_MAX = TimeUnit.HOURS.toNanos(1);
    static final long NANOS_MAX = TimeUnit.HOURS.toNanos(12);

    /** Of one user; beyond it the one that was not used for longest ends. */
    static final int OF_USER_MAX = 32;

    /** Of all, likewise. */
    static final int SESSIONS_MAX = 1_024;

    private static final int BYTES = 32;

    private static final class Session {
        private final String user;
        private final byte[] token;
        private final long beganNanos;
        private long usedNanos;

        Session(String user, byte[] token, long nowNanos) {
            this.user = user;
            this.token = token;
            this.beganNanos = nowNanos;
            this.usedNanos = nowNanos;
        }

        boolean isOver(long nowNanos) {
            return nowNanos - usedNanos >= IDLE_NANOS_MAX || nowNanos - beganNanos >= NANOS_MAX;
        }
    }

    private final AdminUsers users;
    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    /** By the hash of the id: how long it takes to find one says nothing of an id. */
    private final Map<ByteBuffer, Session> sessions = new HashMap<>();

    /**
     * @param random that nobody can guess
     * @param nanoTime as {@link System#nanoTime}
     */
    LoginSessions(AdminUsers users, RandomGenerator random, LongSupplier nanoTime) {
        this.users = users;
        this.random = random;
        this.nanoTime = nanoTime;
    }

    /**
     * Begins one.
     *
     * @param token {@linkplain AdminUsers#digest digest} of the one that the user has shown
     * @return its id
     */
    synchronized String begin(AdminUser user, byte[] token) {
        long now = nanoTime.getAsLong();
        sessions.values().removeIf(session -> session.isOver(now));
        makeRoom(user.name());
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        sessions.put(key(id), new Session(user.name(), token.clone(), now));
        return id;
    }

    private void makeRoom(String user) {
        long ofUser = sessions.values().stream()
                .filter(session -> session.user.equals(user))
                .count();
        if (ofUser < OF_USER_MAX && sessions.size() < SESSIONS_MAX) {
            return;
        }
        boolean onlyOfUser = ofUser >= OF_USER_MAX;
        sessions.entrySet().stream()
                .filter(entry -> !onlyOfUser || entry.getValue().user.equals(user))
                .min(Comparator.comparingLong(entry -> entry.getValue().usedNanos))
                .map(Map.Entry::getKey)
                .ifPresent(sessions::remove);
    }

    /** Whose it is; goes on with it. */
    synchronized Optional<AdminUser> user(String id) {
        ByteBuffer key = key(id);
        Session session = sessions.get(key);
        if (session == null) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        Optional<AdminUser> user = session.isOver(now)
                ? Optional.empty()
                : users.ofDigest(session.token).filter(found -> found.name().equals(session.user));
        if (user.isEmpty()) {
            sessions.remove(key);
        }
        session.usedNanos = now;
        return user;
    }

    /** Ends one, if it is there. */
    synchronized void end(String id) {
        sessions.remove(key(id));
    }

    synchronized int count() {
        return sessions.size();
    }

    private static ByteBuffer key(String id) {
        return ByteBuffer.wrap(AdminUsers.digest(id));
    }
}
