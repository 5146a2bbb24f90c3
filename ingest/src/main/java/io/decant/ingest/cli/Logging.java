package io.decant.ingest.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * Log lines, one an event, on stderr. This class alone decides how; no file on the class path and no system property
 * does.
 *
 * <p>The thread that logs makes the line and never waits for its reader: see {@link QueuedWriter}. At the end of the
 * process what is queued is written first, for a bounded time. A line is about an event (a batch, a connection refused,
 * a sink removed), never about a record.
 *
 * <p>Until {@link #start} nothing is written: logback finds this class as its {@link Configurator} (a service), which
 * keeps it from looking for files and from its default of logging everything to stdout.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String OWN = "io.decant";
    /** Verbose libraries: only warnings and errors. */
    private static final List<String> QUIET = List.of("net.openhft", "io.netty", "io.vertx");

    /** How the lines of this process look; null while nothing is logged. */
    private static volatile Function<ILoggingEvent, String> current;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        silence(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sets how this process logs, instead of whatever was set before. Not thread-safe.
     *
     * @param verbose log {@code DEBUG} of Decant too, and stack traces
     * @param out lines go to its {@code err}, in colour where that is welcome
     */
    static void start(LogFormat format, boolean verbose, Console out) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Function<ILoggingEvent, String> line =
                switch (format) {
                    case text -> new TextLine(ZoneId.systemDefault(), out.errHasColour(), verbose);
                    case json -> new JsonLine(verbose);
                };
        current = line;
        LineAppender appender = new LineAppender(line, out.err());
        appender.setContext(context);
        appender.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(OWN).setLevel(verbose ? Level.DEBUG : Level.INFO);
        QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
        // Kafka's clients say again and again what is wrong; the source that has one says it once.
        context.getLogger("org.apache.kafka").setLevel(verbose ? Level.WARN : Level.OFF);
        // What fails there comes back as an exception, and is told once; it would tell each try, with a stack.
        context.getLogger("org.apache.hadoop").setLevel(verbose ? Level.WARN : Level.OFF);
        // The same of what a database answers: a deadlock, of which the sink tells as a request that is repeated.
        context.getLogger("org.mariadb.jdbc").setLevel(verbose ? Level.WARN : Level.OFF);
        // It warns that JNA is missing, which the build leaves out on purpose.
        context.getLogger("net.openhft.affinity").setLevel(Level.ERROR);
    }

    /**
     * Of Decant's own events only what is wrong, for a command that tells the story itself; all the same when verbose.
     */
    public static void quieten() {
        Logger own = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(OWN);
        if (own.getLevel() == Level.INFO) {
            own.setLevel(Level.WARN);
        }
    }

    /** The line that says how many were dropped, in the format of the others, its end included. Any thread. */
    static String droppedLine(long lines) {
        String message = lines + " log lines were dropped: stderr was not read";
        Function<ILoggingEvent, String> line = current;
        if (line == null) {
            return message + "\n";
        }
        Logger logger = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logging.class);
        return line.apply(new LoggingEvent(Logging.class.getName(), logger, Level.WARN, message, null, null)) + "\n";
    }

    /** Nothing is written any more, as before {@link #start}. */
    static void stop() {
        current = null;
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        silence(context);
    }

    private static void silence(LoggerContext context) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Writes each event as a line. */
    private static final class LineAppender extends AppenderBase<ILoggingEvent> {
        private final Function<ILoggingEvent, String> line;
        private final PrintWriter err;

        LineAppender(Function<ILoggingEvent, String> line, PrintWriter err) {
            this.line = line;
            this.err = err;
        }

        /** One {@code print} a line: the writer's lock keeps it whole among lines that others write. */
        @Override
        protected void append(ILoggingEvent event) {
            err.print(line.apply(event) + "\n");
            err.flush();
        }
    }

    /** How a log line looks. Written in lower case, as the option is. */
    public enum LogFormat {
        /** For a person: time of day, level, who, what, then the fields as {@code name=value}. */
        text,
        /** For a machine: one JSON object a line. */
        json
    }
}
