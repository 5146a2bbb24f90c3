package io.decant.ingest.source.tcp;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts, and says in the log, that senders of a source do not read their answers. A sender that closes with answers
 * unread has its kernel reset the connection and discard what it had not sent yet; the sender does not notice. Safe
 * from any thread.
 */
final class UnreadAnswers {

    private static final Logger log = LoggerFactory.getLogger(UnreadAnswers.class);

    /** The log has a line at the first connection, the tenth, the hundredth, and so on. */
    private static final int RESETS_PER_LINE_GROWTH = 10;

    private final String source;
    private final AtomicLong resets = new AtomicLong();

    UnreadAnswers(String source) {
        this.source = source;
    }

    /** A connection without a session was reset before its end of input, after it had been answered. */
    void reset() {
        long count = resets.incrementAndGet();
        if (isDueForALine(count)) {
            log.warn(
                    "source {}: connections reset after answers were sent, {} so far: a sender that closes without"
                            + " reading its answers loses the records under way; set sources.{}.ack to end or none,"
                            + " or let the sender read until the server closes the connection",
                    source,
                    count,
                    source);
        }
    }

    /** Such connections since the start. */
    long resets() {
        return resets.get();
    }

    private static boolean isDueForALine(long count) {
        long line = 1;
        while (line < count) {
            line *= RESETS_PER_LINE_GROWTH;
        }
        return line == count;
    }
}
