package io.decant.ingest.source.tcp;

/**
 * What a connection takes up of the {@link ConnectionLimit}, at most one place at a time. Belongs to its event loop.
 */
final class ConnectionSlot {

    private enum Kind {
        NONE,
        SERVED,
        LINGERING
    }

    private final ConnectionLimit limit;
    private Kind kind = Kind.NONE;

    ConnectionSlot(ConnectionLimit limit) {
        this.limit = limit;
    }

    /** False: as many as may be are served. */
    boolean serve() {
        if (limit.tryServe()) {
            kind = Kind.SERVED;
        }
        return kind == Kind.SERVED;
    }

    /** From now on the connection lingers. False: as many as may do so, and all is as it was. */
    boolean linger() {
        boolean lingers = limit.tryLinger();
        if (lingers) {
            release();
            kind = Kind.LINGERING;
        }
        return lingers;
    }

    void release() {
        switch (kind) {
            case SERVED -> limit.stopServing();
            case LINGERING -> limit.stopLingering();
            case NONE -> {
                // It takes up none.
            }
        }
        kind = Kind.NONE;
    }
}
