package io.decant.ingest.source.mysql;

import io.decant.offload.log.LoggedCauses;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what goes wrong with each table: each cause once, however often it is tried. Any thread. */
final class MysqlHealth {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    private final String source;
    private final Map<String, LoggedCauses> causes = new HashMap<>();
    private boolean connected;

    MysqlHealth(String source) {
        this.source = source;
    }

    /**
     * A table could not be planned, or a range of it not be read; it is tried again.
     *
     * @param what of the table, for the log
     */
    synchronized void failed(String table, String what, String why) {
        if (causes(table).failed(LoggedCauses.kind(why), System.nanoTime())) {
            log.warn("source {}: {}: {}; retrying", source, what, why);
        }
    }

    /** A table was planned, or a range of it was read. */
    synchronized void works(String table) {
        connected = true;
        if (causes(table).works(System.nanoTime())) {
            log.info("source {}: table {} is read again", source, table);
        }
    }

    private LoggedCauses causes(String table) {
        return causes.computeIfAbsent(table, any -> new LoggedCauses());
    }

    /** Whether the database has answered yet. */
    synchronized boolean hasConnected() {
        return connected;
    }
}
