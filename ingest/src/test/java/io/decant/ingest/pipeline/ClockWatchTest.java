package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ClockWatchTest {

    private static final long LOOK_MILLIS = 500;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ClockWatch.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long wallMillis = Instant.parse("2026-11-28T10:00:00Z").toEpochMilli();
    private long nowNanos = 5;

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

    private List<String> told() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private ClockWatch watch(long windowStartMillis) {
        return new ClockWatch(() -> Instant.ofEpochMilli(wallMillis), windowStartMillis, nowNanos);
    }

    private void look(ClockWatch watch, int times) {
        for (int i = 0; i < times; i++) {
            nowNanos += TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
            wallMillis += LOOK_MILLIS;
            watch.look(nowNanos);
        }
    }

    @Test
    void shouldTellOfEachJumpOnce() {
        ClockWatch watch = watch(0);
        look(watch, 3);
        wallMillis += Duration.ofDays(365 * 20).toMillis();
        look(watch, 1000);
        assertThat(told())
                .singleElement()
                .asString()
                .startsWith(
                        "the wall clock jumped forward by 175200.0 hours, from 2026-11-28T10:00:02Z to 2046-11-23T10:00:02Z; ");
        wallMillis -= Duration.ofDays(365 * 20).toMillis();
        look(watch, 1000);
        assertThat(told()).hasSize(2);
        assertThat(told().get(1))
                .startsWith("the wall clock jumped back by 175200.0 hours, from 2046-11-23T10:08:22Z to ");
    }

    @Test
    void shouldNotTellOfAClockThatIsCorrected() {
        ClockWatch watch = watch(wallMillis);
        for (int i = 0; i < 20; i++) {
            wallMillis += (i % 2 == 0 ? 1 : -1) * TimeUnit.HOURS.toMillis(1);
            look(watch, 1);
        }
        assertThat(told()).isEmpty();
    }

    /** A restart knows of what was before it by the journal alone. */
    @Test
    void shouldTellAtAStartOfAClockThatIsBehindTheLastWindow() {
        ClockWatch watch = watch(wallMillis + TimeUnit.HOURS.toMillis(1) + 1);
        look(watch, 10);
        assertThat(told()).singleElement().asString().startsWith("the wall clock jumped back by 1.0 hours, ");
    }
}
