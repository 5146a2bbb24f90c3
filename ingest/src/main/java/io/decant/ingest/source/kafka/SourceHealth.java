package io.decant.ingest.source.kafka;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a source is doing, and why. Each change is one line in the log, however often the cluster is tried in between. Any
 * thread.
 *
 * <pre>
 *   CONNECTING --> READING <--> AWAY, FAILING
 *        |            |            |
 *        +------------+------------+--> DRAINING --> STOPPED
 * </pre>
 */
final class SourceHealth {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private volatile SourceState state = SourceState.CONNECTING;
    private volatile String lastError = "";

    SourceHealth(String source) {
        this.source = source;
    }

    /**
     * Goes over to another state.
     *
     * @param why one line; of a state that is trouble, what is wrong
     */
    synchronized void become(SourceState next, String why) {
        boolean isTrouble = next == SourceState.AWAY || next == SourceState.FAILING;
        boolean ends = state == SourceState.STOPPED || (state == SourceState.DRAINING && next != SourceState.STOPPED);
        if (ends) {
            return;
        }
        if (isTrouble) {
            lastError = why;
        } else if (state != next && next != SourceState.STOPPED) {
            lastError = "";
        }
        if (state == next) {
            return;
        }
        if (isTrouble) {
            log.warn("source {}: {} -> {}: {}", source, state, next, why);
        } else {
            log.info("source {}: {} -> {}: {}", source, state, next, why);
        }
        state = next;
    }

    /** Something is not as it should be, and reading goes on; empty where all is. Said once. */
    synchronized void warn(String what) {
        if (state == SourceState.READING && !lastError.equals(what)) {
            lastError = what;
            if (!what.isEmpty()) {
                log.warn("source {}: {}", source, what);
            }
        }
    }

    SourceState state() {
        return state;
    }

    String word() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    String lastError() {
        return lastError;
    }
}
