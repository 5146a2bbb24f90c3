package io.decant.ingest.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.decant.config.PrintableText;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.event.KeyValuePair;

/**
 * A log event for a person: {@code 2026-11-20 21:53:03.250+00:00 INFO  journal  recovered blocks=17 bytes=1048576}. The
 * time is that of the reader, with its offset from UTC. The word before the message is the part of Decant that speaks
 * (the package), or the class of a library.
 */
final class TextLine implements Function<ILoggingEvent, String> {
    private static final String OWN = "io.decant.ingest.";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private final DateTimeFormatter time;
    private final boolean colour;
    private final boolean stackTraces;

    /**
     * @param zone the time zone of the reader
     * @param colour whether the reader is a terminal that shows colour
     * @param stackTraces whether an exception takes its stack trace along, on lines of their own
     */
    TextLine(ZoneId zone, boolean colour, boolean stackTraces) {
        this.time = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSxxx", Locale.ROOT)
                .withZone(zone);
        this.colour = colour;
        this.stackTraces = stackTraces;
    }

    @Override
    public String apply(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(128);
        line.append(paint(DIM)).append(time.format(event.getInstant())).append(paint(PLAIN));
        line.append(' ').append(paint(colourOf(event.getLevel())));
        line.append(String.format("%-5s", event.getLevel())).append(paint(PLAIN));
        line.append(' ')
                .append(paint(DIM))
                .append(speaker(event.getLoggerName()))
                .append(paint(PLAIN));
        line.append("  ").append(PrintableText.of(event.getFormattedMessage()));
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair field : event.getKeyValuePairs()) {
                line.append(' ')
                        .append(paint(DIM))
                        .append(field.key)
                        .append('=')
                        .append(paint(PLAIN));
                line.append(value(field.value));
            }
        }
        appendThrown(line, event.getThrowableProxy());
        return line.toString();
    }

    private void appendThrown(StringBuilder line, IThrowableProxy thrown) {
        if (thrown == null) {
            return;
        }
        if (stackTraces) {
            line.append('\n')
                    .append(PrintableText.ofLines(
                            ThrowableProxyUtil.asString(thrown).stripTrailing()));
        } else {
            line.append(": ").append(PrintableText.of(ExceptionSummary.summary(thrown)));
        }
    }

    /** Quoted where a reader, or a script, could not tell where it ends. */
    private static String value(Object value) {
        String text = PrintableText.of(String.valueOf(value));
        boolean bare = !text.isEmpty() && text.chars().noneMatch(c -> c == ' ' || c == '"' || c == '=');
        return bare ? text : '"' + text.replace("\"", "\\\"") + '"';
    }

    private static String speaker(String logger) {
        if (logger.startsWith(OWN) && logger.indexOf('.', OWN.length()) > 0) {
            return logger.substring(OWN.length(), logger.indexOf('.', OWN.length()));
        }
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String colourOf(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> RED;
            case Level.WARN_INT -> YELLOW;
            default -> PLAIN;
        };
    }

    private String paint(String escape) {
        return colour ? escape : "";
    }
}
