package io.decant.ingest.source;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many connections a source serves, and how many more, already told their last word, it still listens to. A
 * connection whose socket is closed is served until what it handed in is synced. Safe from any thread.
 */
public final class ConnectionLimit {

    /** Connections that linger at a time; one more is closed at once. */
    static final int LINGERING_MAX = 1_000;

    /** Of those that are served, where they are few. */
    private static final int LINGERING_DIVISOR = 8;

    private static final int LINGERING_MIN = 16;

    /** Accepted, and either not looked at by their event loop yet or on the way to be closed. */
    private static final int PASSING_MAX = 32;

    private final int servedMax;
    private final int lingeringMax;
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger lingering = new AtomicInteger();

    ConnectionLimit(int servedMax) {
        this.servedMax = servedMax;
        this.lingeringMax = lingeringMax(servedMax);
    }

    /** How many connections linger beside so many that are served. */
    private static int lingeringMax(int servedMax) {
        return Math.max(LINGERING_MIN, Math.min(LINGERING_MAX, servedMax / LINGERING_DIVISOR));
    }

    /** How many sockets are open at a time where so many connections are served. */
    public static int openMax(int servedMax) {
        return servedMax + lingeringMax(servedMax) + PASSING_MAX;
    }

    int servedMax() {
        return servedMax;
    }

    /** Connections of both kinds. */
    int open() {
        return served.get() + lingering.get();
    }

    boolean tryServe() {
        return tryIncrement(served, servedMax);
    }

    void stopServing() {
        served.decrementAndGet();
    }

    boolean tryLinger() {
        return tryIncrement(lingering, lingeringMax);
    }

    void stopLingering() {
        lingering.decrementAndGet();
    }

    private static boolean tryIncrement(AtomicInteger count, int max) {
        return count.getAndUpdate(n -> n < max ? n + 1 : n) < max;
    }
}
