package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SinkHealthTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(HttpSink.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final SinkHealth health = new SinkHealth("api");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        // Nothing is logged before a command says how.
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void shouldTellOfAnOutageOnceAndOfItsEnd() {
        health.state(SinkState.DELIVERING, 0);
        for (int i = 0; i < 1000; i++) {
            health.failed("status 503");
            health.state(SinkState.RETRYING, i * SinkHealth.TROUBLE_LINE_NANOS);
        }
        health.state(SinkState.DELIVERING, 0);
        health.state(SinkState.IDLE, 0);

        assertThat(told())
                .containsExactly("WARN sink api: RETRYING: status 503", "INFO sink api: DELIVERING after RETRYING");
    }

    @Test
    void shouldSayNothingAboveDebugWhileAllIsWell() {
        for (int i = 0; i < 10; i++) {
            health.state(SinkState.DELIVERING, i);
            health.delivered(1, 1);
            health.state(SinkState.IDLE, i);
        }

        assertThat(told()).isEmpty();
        assertThat(health.status()).isEqualTo(new SinkStatus(SinkState.IDLE, "", 10, 0, 10, 10));
    }

    @Test
    void shouldNotTellOfEveryHiccup() {
        for (int i = 0; i < 1000; i++) {
            health.failed("hiccup");
            health.state(SinkState.RETRYING, i);
            health.state(SinkState.DELIVERING, i);
        }

        assertThat(told())
                .containsExactly("WARN sink api: RETRYING: hiccup", "INFO sink api: DELIVERING after RETRYING");
    }

    @Test
    void shouldTellOfAnOutageThatFollowsAHiccup() {
        health.failed("hiccup");
        health.state(SinkState.RETRYING, 0);
        health.state(SinkState.DELIVERING, 1);
        health.failed("outage");
        health.state(SinkState.RETRYING, 2);
        assertThat(told()).hasSize(2);

        health.state(SinkState.RETRYING, SinkHealth.TROUBLE_LINE_NANOS);

        assertThat(told()).hasSize(3).last().isEqualTo("WARN sink api: RETRYING: outage");
    }

    @Test
    void shouldTellOfRecordsThatAreGivenUpNotMoreOftenThanOfTrouble() {
        for (int i = 0; i < 1000; i++) {
            health.givenUp(2, "no such column", i);
        }
        health.givenUp(1, "no such table", SinkHealth.TROUBLE_LINE_NANOS);

        assertThat(told())
                .containsExactly(
                        "WARN sink api: records for the dead letters: 2; the last: no such column",
                        "WARN sink api: records for the dead letters: 1999; the last: no such table");
    }

    private List<String> told() {
        return lines.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
