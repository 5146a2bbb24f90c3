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

    private final Logger logger = (Logger) LoggerFactory.getLogger(PartSink.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private static final long INTERVAL = SinkHealth.TROUBLE_LINE_NANOS;

    private final SinkHealth health = new SinkHealth("api", PartSink.class);

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
    void shouldTellOfAnOutageOnceThenOfItsTotalsAndOfItsEnd() {
        health.state(SinkState.DELIVERING, 0);
        for (int i = 0; i < 10; i++) {
            health.failed("status 503", "part " + i + ": status 503");
            health.state(SinkState.RETRYING, i * INTERVAL / 2);
        }
        health.state(SinkState.DELIVERING, 5 * INTERVAL);
        health.state(SinkState.IDLE, 5 * INTERVAL);
        health.ended();

        assertThat(told())
                .containsExactly(
                        "WARN sink api: RETRYING: part 0: status 503",
                        "WARN sink api: RETRYING: requests repeated: 3 more, 4 since the start; the last: part 3: status 503",
                        "WARN sink api: RETRYING: requests repeated: 5 more, 9 since the start; the last: part 8: status 503",
                        "INFO sink api: DELIVERING after RETRYING; requests repeated: 10",
                        "INFO sink api: requests repeated since the start: 10");
    }

    @Test
    void shouldTellOfALongOutageEverMoreSeldom() {
        for (int i = 0; i < 10_000; i++) {
            health.failed("status 503", "status 503");
            health.state(SinkState.RETRYING, i * INTERVAL);
        }
        assertThat(told()).hasSizeBetween(160, 180);
    }

    @Test
    void shouldSayNothingAboveDebugWhileAllIsWell() {
        for (int i = 0; i < 10; i++) {
            health.state(SinkState.DELIVERING, i);
            health.delivered(1, 1);
            health.state(SinkState.IDLE, i);
        }
        assertThat(health.reportAtNanos()).isEqualTo(Long.MAX_VALUE);
        health.ended();

        assertThat(told()).isEmpty();
        assertThat(health.status()).isEqualTo(new SinkStatus(SinkState.IDLE, "", 10, 0, 10, 10));
    }

    @Test
    void shouldTellOfHiccupsByTheirTotalThoughNothingIsDelivered() {
        for (int i = 0; i < 1000; i++) {
            health.failed("hiccup", "hiccup " + i);
            health.state(SinkState.RETRYING, i);
            health.state(SinkState.DELIVERING, i);
        }
        health.state(SinkState.IDLE, 1000);
        assertThat(told())
                .containsExactly(
                        "WARN sink api: RETRYING: hiccup 0",
                        "INFO sink api: DELIVERING after RETRYING; requests repeated: 1");
        assertThat(health.reportAtNanos()).isEqualTo(1 + INTERVAL);

        health.report(INTERVAL);
        assertThat(told()).hasSize(2);
        health.report(1 + INTERVAL);

        assertThat(told())
                .hasSize(3)
                .last()
                .isEqualTo(
                        "WARN sink api: IDLE: requests repeated: 999 more, 1000 since the start; the last: hiccup 999");
        assertThat(health.reportAtNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldTellAtItsEndWhatItHasNotTold() {
        for (int i = 0; i < 200; i++) {
            health.failed("status 503", "status 503");
            health.state(SinkState.RETRYING, i);
        }
        health.ended();

        assertThat(told())
                .last()
                .isEqualTo(
                        "WARN sink api: RETRYING: requests repeated: 199 more, 200 since the start; the last: status 503");
    }

    @Test
    void shouldTellAgainWhenTheCauseChangesAndNotOfEveryCauseForEver() {
        for (int i = 0; i < 1000; i++) {
            for (String cause : List.of("status 503", "connection lost", "status 502")) {
                health.failed(cause, cause + ", " + i);
                health.state(SinkState.RETRYING, i);
            }
        }
        assertThat(told())
                .containsExactly(
                        "WARN sink api: RETRYING: status 503, 0",
                        "WARN sink api: RETRYING: connection lost, 0",
                        "WARN sink api: RETRYING: status 502, 0");
        for (int i = 0; i < 1000; i++) {
            health.failed("cause " + i, "cause " + i);
            health.state(SinkState.RETRYING, 1000 + i);
        }
        assertThat(told()).hasSize(SinkHealth.CAUSES_MAX);
    }

    @Test
    void shouldTellOfAnOutageThatFollowsAHiccup() {
        health.failed("hiccup", "hiccup");
        health.state(SinkState.RETRYING, 0);
        health.state(SinkState.DELIVERING, 1);
        health.failed("hiccup", "the same for long");
        health.state(SinkState.RETRYING, 2);
        assertThat(told()).hasSize(2);

        health.state(SinkState.RETRYING, INTERVAL);

        assertThat(told()).hasSize(3).last().isEqualTo("WARN sink api: RETRYING: the same for long");
    }

    @Test
    void shouldTellOfRecordsThatAreGivenUpAgainWhenTheCauseChanges() {
        for (int i = 0; i < 1000; i++) {
            health.givenUp(2, "status 422", "no such column", i);
        }
        health.givenUp(1, "status 400", "no such row", 1000);
        health.givenUp(1, "status 422", "no such column", 1000);
        health.givenUp(1, "status 422", "no such table", 1000 + INTERVAL);

        assertThat(told())
                .containsExactly(
                        "WARN sink api: records for the dead letters: 2; the last: no such column",
                        "WARN sink api: records for the dead letters: 1999; the last: no such row",
                        "WARN sink api: records for the dead letters: 2; the last: no such table");
    }

    private List<String> told() {
        return lines.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
