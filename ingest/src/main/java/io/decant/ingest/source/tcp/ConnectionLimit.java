package io.decant.ingest.source.tcp;

import io.decant.ingest.source.ConnectionShare;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many connections a source serves, and how many more, already told their last word, it still listens to. A
 * connection whose socket is closed is served until what it handed in is synced. Safe from any thread.
 */
final class ConnectionLimit {

    private final ConnectionShare share;
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger lingering = new AtomicInteger();

    ConnectionLimit(ConnectionShare share) {
        this.share = share;
    }

    int servedMax() {
        return share.served();
    }

    /** Connections of both kinds. */
    int open() {
        return served.get() + lingering.get();
    }

    boolean tryServe() {
        return tryIncrement(served, share.served());
    }

    void stopServing() {
        served.decrementAndGet();
    }

    boolean tryLinger() {
        return tryIncrement(lingering, share.lingering());
    }

    void stopLingering() {
        lingering.decrementAndGet();
    }

    private static boolean tryIncrement(AtomicInteger count, int max) {
        return count.getAndUpdate(n -> n < max ? n + 1 : n) < max;
    }
}
