package io.decant.ingest.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log is told of dead letters, whatever the reason. */
class DeadLetterLogTest {

    private static final long INTERVAL = DeadLetterLog.INTERVAL_NANOS;

    private final Logger logger = (Logger) LoggerFactory.getLogger(DeadLetterLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Map<String, Map<Reason, Long>> written = new LinkedHashMap<>();
    private final DeadLetterLog log = new DeadLetterLog(() -> written);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void shouldTellOfTheFirstAtOnceAndOfTheOthersWhenTheIntervalEnds() {
        for (int i = 1; i <= 200; i++) {
            write("api", Reason.NOT_JSON, i);
            log.look(i);
        }
        assertThat(told())
                .containsExactly("dead letters: sink api, not-json: 1 more, 1 since the start; see 'decant dlq list'");
        assertThat(log.lookAtNanos()).isEqualTo(1 + INTERVAL);

        log.look(1 + INTERVAL);
        log.look(2 + INTERVAL);
        assertThat(told())
                .hasSize(2)
                .last()
                .isEqualTo("dead letters: sink api, not-json: 199 more, 200 since the start; see 'decant dlq list'");
        assertThat(log.lookAtNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldTellOfEachSinkAndReasonByItself() {
        write("api", Reason.REFUSED, 3);
        write("", Reason.MISSING_KEY, 2);
        log.look(0);
        write("api", Reason.TOMBSTONE, 1);
        log.look(1);
        assertThat(told())
                .containsExactly(
                        "dead letters: sink api, refused: 3 more, 3 since the start; see 'decant dlq list'",
                        "dead letters: of no sink, missing-key: 2 more, 2 since the start; see 'decant dlq list'",
                        "dead letters: sink api, tombstone: 1 more, 1 since the start; see 'decant dlq list'");
    }

    @Test
    void shouldTellTheTotalsAtTheEnd() {
        write("api", Reason.REFUSED, 1);
        log.look(0);
        write("api", Reason.REFUSED, 200);
        log.ended();
        assertThat(told())
                .last()
                .isEqualTo("dead letters: sink api, refused: 199 more, 200 since the start; see 'decant dlq list'");
    }

    @Test
    void shouldSayNothingWhereThereAreNone() {
        write("api", Reason.REFUSED, 0);
        log.look(0);
        log.ended();
        assertThat(told()).isEmpty();
    }

    private void write(String sink, Reason reason, long letters) {
        written.computeIfAbsent(sink, name -> new EnumMap<>(Reason.class)).put(reason, letters);
    }

    private List<String> told() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
