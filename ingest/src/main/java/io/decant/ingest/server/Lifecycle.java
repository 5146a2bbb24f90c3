package io.decant.ingest.server;

import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a server is in its life. All changes go through {@link #transition}, which logs them. Thread-safe.
 *
 * <pre>
 *   STARTING --> RUNNING --> DRAINING --> STOPPED
 *       |           |           |
 *       +-----------+-----------+-------> FAILED
 * </pre>
 *
 * <p>A server may also stop without a drain, from any state. {@code STOPPED} and {@code FAILED} are final.
 */
final class Lifecycle {

    /** A server's state. */
    enum State {
        STARTING,
        RUNNING,
        /** Takes nothing more; delivers what it has. */
        DRAINING,
        STOPPED,
        /** The journal or a stage failed: nothing is acknowledged any more. */
        FAILED
    }

    private static final Set<State> FINAL = EnumSet.of(State.STOPPED, State.FAILED);
    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private State state = State.STARTING;

    synchronized State state() {
        return state;
    }

    /**
     * Goes to another state.
     *
     * @return false where the server is in it already, or in one that it does not leave
     */
    synchronized boolean transition(State next, String why) {
        if (state == next || FINAL.contains(state)) {
            return false;
        }
        if (next == State.FAILED) {
            log.error("server: {} -> {}: {}", state, next, why);
        } else {
            log.info("server: {} -> {}: {}", state, next, why);
        }
        state = next;
        return true;
    }
}
