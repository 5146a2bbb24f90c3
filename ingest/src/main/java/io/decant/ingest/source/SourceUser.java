package io.decant.ingest.source;

import io.decant.config.SourceUserSettings;
import io.decant.ingest.journal.StreamId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A user of a source: its limits, what it has sent, and the names of its streams. Safe from any thread. */
public final class SourceUser {

    /** No id of a session has it, nor has the name of a user. */
    private static final char BEHIND_USER = '/';

    /** No idempotency key begins with it. */
    private static final char BEFORE_USER = ' ';

    private final String name;
    private final int connectionsMax;
    private final Optional<RateLimit> rate;
    private final SourceCounters counters;
    private final AtomicInteger connections = new AtomicInteger();

    /** @param all counters of the whole source */
    SourceUser(String name, SourceUserSettings settings, SourceCounters all) {
        this.name = name;
        this.connectionsMax = settings.maxConnections().orElse(Integer.MAX_VALUE);
        this.rate = settings.maxRate().map(max -> new RateLimit(max.bytes(), System::nanoTime));
        this.counters = new SourceCounters(all);
    }

    public String name() {
        return name;
    }

    /** Of this user's records and refusals; they are counted for the source, too. */
    public SourceCounters counters() {
        return counters;
    }

    /** Bytes a second; empty: as many as come. */
    public Optional<RateLimit> rate() {
        return rate;
    }

    public int connectionsMax() {
        return connectionsMax;
    }

    /** One more connection. False: it has as many as it may, and nothing is counted. */
    public boolean connect() {
        return connections.getAndUpdate(n -> n < connectionsMax ? n + 1 : n) < connectionsMax;
    }

    /** One fewer. */
    public void disconnect() {
        connections.decrementAndGet();
    }

    /** Connections at this moment. */
    public int connections() {
        return connections.get();
    }

    /**
     * The name of the stream of one of its sessions, which neither another user nor a sender without a user can give.
     *
     * @param id of the session, as the user sends it
     */
    public String session(String id) {
        return checked(name + BEHIND_USER + id);
    }

    /**
     * The name of the stream of one of its requests, which neither another user nor a sender without a user can give. A
     * key that would make it longer than the journal holds stands in it by its hash.
     *
     * @param key as the user sends it; it does not begin with a blank
     */
    public String request(String key) {
        String prefix = StreamId.REQUEST_PREFIX + BEFORE_USER + name + BEFORE_USER;
        boolean fits = prefix.length() + key.length() <= StreamId.NAME_BYTES_MAX;
        return checked(fits ? prefix + key : prefix + BEFORE_USER + sha256(key));
    }

    /** All of them are ASCII. */
    private static String checked(String stream) {
        if (stream.length() > StreamId.NAME_BYTES_MAX) {
            throw new IllegalArgumentException("too long for a stream: " + stream);
        }
        return stream;
    }

    private static String sha256(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
