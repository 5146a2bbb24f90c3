package io.decant.ingest.source.kafka;

import io.decant.offload.log.LoggedCauses;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a source is doing, and why. Each change is one line in the log, of the state or of the cause, however often the
 * cluster is tried in between. Any thread.
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
    private final LongSupplier nanoTime;
    private final LoggedCauses causes = new LoggedCauses();
    private volatile SourceState state = SourceState.CONNECTING;
    private volatile String lastError = "";

    SourceHealth(String source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /**
     * Goes over to another state.
     *
     * @param why one line; of a state that is trouble, what is wrong
     */
    void become(SourceState next, String why) {
        become(next, isTrouble(next) ? LoggedCauses.kind(why) : "", why);
    }

    /**
     * The same.
     *
     * @param kind of what is wrong, see {@link LoggedCauses}
     */
    synchronized void become(SourceState next, String kind, String why) {
        boolean isTrouble = isTrouble(next);
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
            if (isTrouble && causes.failed(kind, nanoTime.getAsLong())) {
                log.warn("source {}: {}: {}", source, state, why);
            }
            return;
        }
        if (isTrouble) {
            causes.logged(kind, nanoTime.getAsLong());
            log.warn("source {}: {} -> {}: {}", source, state, next, why);
        } else {
            // The line below says that it works.
            causes.works(nanoTime.getAsLong());
            log.info("source {}: {} -> {}: {}", source, state, next, why);
        }
        state = next;
    }

    private static boolean isTrouble(SourceState state) {
        return state == SourceState.AWAY || state == SourceState.FAILING;
    }

    /** A problem that does not stop reading; empty if there is none. Logged once. */
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
