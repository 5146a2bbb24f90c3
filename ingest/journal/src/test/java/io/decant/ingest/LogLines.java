package io.decant.ingest;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What one class tells the log from here on until this is closed, debug lines left out. */
public final class LogLines implements AutoCloseable {

    private final Logger logger;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    public LogLines(Class<?> speaker) {
        logger = (Logger) LoggerFactory.getLogger(speaker);
        lines.start();
        logger.addAppender(lines);
        // Nothing is logged before a command says how.
        logger.setLevel(Level.INFO);
    }

    /** {@code <level> <message>} of each. */
    public List<String> told() {
        return List.copyOf(lines.list).stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }
}
