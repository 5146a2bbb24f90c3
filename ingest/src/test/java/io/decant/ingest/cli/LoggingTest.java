package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.decant.config.PrintableText;
import io.decant.ingest.cli.Logging.LogFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private static final Logger log = LoggerFactory.getLogger("io.decant.ingest.journal.Recovery");

    private final StringWriter err = new StringWriter();

    @AfterEach
    void silence() {
        Logging.stop();
    }

    @Test
    void shouldWriteALineForAPerson() {
        start(LogFormat.text, false);
        log.atInfo().addKeyValue("blocks", 17).addKeyValue("file", "a b.cq4").log("recovered");
        assertThat(err.toString())
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d INFO  journal  "
                        + "recovered blocks=17 file=\"a b.cq4\"\n");
    }

    @Test
    void shouldKeepAnEventOnOneLineWhateverItHolds() {
        start(LogFormat.text, false);
        log.atWarn()
                .addKeyValue("record", "x\u001b[2Jy\u2028z")
                .setCause(new IOException("first\nsecond", new IllegalStateException("third")))
                .log("bad\r\nINFO forged");
        assertThat(err.toString())
                .endsWith("bad\\r\\nINFO forged record=x\\u001b[2Jy\\u2028z: "
                        + "IOException: first\\nsecond, caused by IllegalStateException: third\n")
                .containsOnlyOnce("\n");
    }

    @Test
    void shouldSayTheZoneOfItsTimes() {
        LoggingEvent event = new LoggingEvent(
                "", (ch.qos.logback.classic.Logger) log, ch.qos.logback.classic.Level.INFO, "x", null, null);
        event.setInstant(Instant.parse("2026-11-20T21:53:03.250Z"));
        assertThat(new TextLine(ZoneId.of("Asia/Kolkata"), false, false).apply(event))
                .isEqualTo("2026-11-21 03:23:03.250+05:30 INFO  journal  x");
        assertThat(new TextLine(ZoneId.of("UTC"), false, false).apply(event))
                .isEqualTo("2026-11-20 21:53:03.250+00:00 INFO  journal  x");
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void shouldShowWhatDoesNotShow(LogFormat format) throws IOException {
        String tricky = "\u202e\u0085\u009b31m\u200b\ufeff\u2028";
        start(format, true);
        log.atWarn()
                .addKeyValue("record", tricky)
                .setCause(new IOException(tricky))
                .log(tricky);
        assertThat(err.toString().codePoints()).allMatch(c -> c == '\n' || c == '\t' || PrintableText.isPrintable(c));
        assertThat(err.toString()).contains("\\u202e\\u0085\\u009b31m\\u200b\\ufeff\\u2028");
        if (format == LogFormat.json) {
            assertThat(parse(err.toString()))
                    .containsEntry("message", tricky)
                    .containsEntry("fields.record", tricky)
                    .containsEntry("error", "IOException: " + tricky);
        }
    }

    @Test
    void shouldShowStackTracesAndDebugOnlyWhenVerbose() {
        start(LogFormat.text, false);
        log.debug("a detail");
        assertThat(err.toString()).isEmpty();

        start(LogFormat.text, true);
        log.atDebug().setCause(new IOException("gone")).log("a detail");
        assertThat(err.toString())
                .contains("a detail\njava.io.IOException: gone", "\tat " + LoggingTest.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.clients.NetworkClient",
                "org.apache.hadoop.ipc.Client",
                "org.mariadb.jdbc.message.server.ErrorPacket"
            })
    void shouldLeaveToSourcesAndSinksWhatTheirClientsSayOfEachTry(String client) {
        start(LogFormat.text, false);
        LoggerFactory.getLogger(client).warn("try again");
        assertThat(err.toString()).isEmpty();

        start(LogFormat.text, true);
        LoggerFactory.getLogger(client).warn("try again");
        assertThat(err.toString()).contains("try again");
    }

    @Test
    void shouldColourOnlyATerminalThatWantsIt() {
        startOnTerminal(Map.of());
        log.warn("slow");
        assertThat(err.toString()).contains("\u001b[33mWARN \u001b[0m");

        err.getBuffer().setLength(0);
        startOnTerminal(Map.of("NO_COLOR", "1"));
        log.warn("slow");
        assertThat(err.toString()).isNotEmpty().doesNotContain("\u001b");
    }

    @Test
    void shouldWriteAnObjectForAMachine() throws IOException {
        start(LogFormat.json, false);
        log.atWarn()
                .addKeyValue("batch", 7L)
                .addKeyValue("sink", "a\"b\nc")
                .addKeyValue("failing", true)
                .setCause(new IOException("refused"))
                .log("cannot deliver");
        assertThat(err.toString()).endsWith("}\n").containsOnlyOnce("\n");
        Map<String, Object> event = parse(err.toString());
        assertThat(Instant.parse((String) event.remove("time"))).isAfter(Instant.EPOCH);
        assertThat(event.remove("thread")).isEqualTo(Thread.currentThread().getName());
        assertThat(event)
                .containsExactly(
                        Map.entry("level", "WARN"),
                        Map.entry("logger", "io.decant.ingest.journal.Recovery"),
                        Map.entry("message", "cannot deliver"),
                        Map.entry("fields.batch", 7L),
                        Map.entry("fields.sink", "a\"b\nc"),
                        Map.entry("fields.failing", true),
                        Map.entry("error", "IOException: refused"));
    }

    @Test
    void shouldKeepStackTracesInsideTheObject() throws IOException {
        start(LogFormat.json, true);
        log.error("lost", new IOException("gone"));
        assertThat(err.toString()).containsOnlyOnce("\n");
        assertThat(parse(err.toString()).get("stackTrace").toString()).contains("\tat " + LoggingTest.class.getName());
    }

    @Test
    void shouldKeepLibrariesQuiet() {
        start(LogFormat.text, true);
        LoggerFactory.getLogger("net.openhft.chronicle.core.Jvm").info("hello");
        LoggerFactory.getLogger("io.netty.channel").info("hello");
        LoggerFactory.getLogger("io.vertx.core").info("hello");
        assertThat(err.toString()).isEmpty();
        LoggerFactory.getLogger("io.vertx.core").warn("blocked");
        assertThat(err.toString()).contains("WARN  core  blocked");
    }

    private void start(LogFormat format, boolean verbose) {
        Logging.start(
                format, verbose, Console.captured(new PrintWriter(new StringWriter()), new PrintWriter(err), Map.of()));
    }

    private void startOnTerminal(Map<String, String> env) {
        PrintWriter out = new PrintWriter(new StringWriter());
        Logging.start(LogFormat.text, false, new Console(out, new PrintWriter(err), false, true, env));
    }

    /** Nested names joined by a dot, in order of appearance. */
    private static Map<String, Object> parse(String json) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    values.put(
                            parser.getParsingContext()
                                    .pathAsPointer()
                                    .toString()
                                    .substring(1)
                                    .replace('/', '.'),
                            value(parser));
                }
            }
        }
        return values;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            default -> parser.getText();
        };
    }
}
