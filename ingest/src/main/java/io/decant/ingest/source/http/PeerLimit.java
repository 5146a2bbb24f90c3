package io.decant.ingest.source.http;

import io.decant.ingest.source.ConnectionShare;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the connections of a source: those that are served, and those beyond, which are told so at their first
 * request. Safe from any thread.
 */
final class PeerLimit {

    /** What becomes of a connection. */
    enum Admission {
        SERVED,
        /** Its first request is answered with a refusal, and it is closed. */
        REFUSED,
        /** It is closed without a word. */
        CLOSED
    }

    private final ConnectionShare share;
    private final AtomicInteger open = new AtomicInteger();

    PeerLimit(ConnectionShare share) {
        this.share = share;
    }

    int servedMax() {
        return share.served();
    }

    int open() {
        return open.get();
    }

    /** A connection is open; it must be told when it is closed, whatever became of it. */
    Admission opened() {
        int now = open.incrementAndGet();
        if (now <= share.served()) {
            return Admission.SERVED;
        }
        return now <= share.served() + share.lingering() ? Admission.REFUSED : Admission.CLOSED;
    }

    void closed() {
        open.decrementAndGet();
    }
}
