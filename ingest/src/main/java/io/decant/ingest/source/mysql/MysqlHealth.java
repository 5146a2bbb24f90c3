package io.decant.ingest.source.mysql;

import io.decant.offload.log.LoggedCauses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what goes wrong: each cause once, however often it is tried. Any thread. */
final class MysqlHealth {

    private static final Logger log = LoggerFactory.getLogger(MysqlSource.class);

    private final String source;
    private final LoggedCauses causes = new LoggedCauses();
    private boolean connected;

    MysqlHealth(String source) {
        this.source = source;
    }

    /** A table or a range could not be read, and is tried again. */
    synchronized void failed(String what, String why) {
        if (causes.failed(LoggedCauses.kind(why), System.nanoTime())) {
            log.warn("source {}: {}: {}; retrying", source, what, why);
        }
    }

    synchronized void works() {
        connected = true;
        if (causes.works(System.nanoTime())) {
            log.info("source {}: the database answers again", source);
        }
    }

    /** Whether the database has answered yet. */
    synchronized boolean hasConnected() {
        return connected;
    }
}
