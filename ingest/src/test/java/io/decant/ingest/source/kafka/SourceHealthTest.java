package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import io.decant.ingest.LogLines;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log is told of a cluster that cannot be read. */
class SourceHealthTest {

    private final LogLines lines = new LogLines(KafkaSource.class);
    private final KnownTopic cluster = new KnownTopic(PartitionAssignment.OWN, "a:1");
    private final SourceHealth health = new SourceHealth("s", () -> cluster.nowNanos);

    @AfterEach
    void stopListening() {
        lines.close();
    }

    private void fails(RuntimeException failure) {
        cluster.nowNanos += TimeUnit.SECONDS.toNanos(1);
        KafkaErrors.tell(failure, cluster.settings(), cluster, health);
    }

    @Test
    void shouldTellOfEachCauseOnceThoughTheStateStaysTheSame() {
        for (int i = 0; i < 20; i++) {
            fails(new SaslAuthenticationException("Authentication failed: invalid credentials, attempt " + i));
        }
        for (int i = 0; i < 20; i++) {
            fails(new KafkaException("Unexpected error in the response: error " + i));
        }
        assertThat(health.lastError()).endsWith("error 19");
        for (int i = 0; i < 20; i++) {
            fails(new SaslAuthenticationException("Authentication failed: invalid credentials, attempt " + i));
        }
        health.become(SourceState.READING, "answered by nowhere:1");

        assertThat(lines.told())
                .containsExactly(
                        "WARN source s: CONNECTING -> FAILING: nowhere:1 cannot be read: Authentication failed: invalid"
                                + " credentials, attempt 0",
                        "WARN source s: FAILING: nowhere:1 cannot be read: Unexpected error in the response: error 0",
                        "INFO source s: FAILING -> READING: answered by nowhere:1");
    }

    @Test
    void shouldTakeItForOneCauseHoweverACallSaysThatNobodyAnswers() {
        fails(new TimeoutException("Timed out waiting for a node assignment. Call: describeTopics"));
        fails(new TimeoutException("Timeout expired while fetching topic metadata"));
        fails(new DisconnectException());
        assertThat(lines.told())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("WARN source s: AWAY: no answer from nowhere:1: ");
    }

    @Test
    void shouldTellOfEachChangeOfTheState() {
        for (int i = 0; i < 3; i++) {
            fails(new TimeoutException("no answer within " + i + " ms"));
            fails(new TimeoutException("no answer within " + i + " ms"));
            health.become(SourceState.READING, "answered by nowhere:1");
        }
        assertThat(lines.told()).hasSize(6);
        assertThat(lines.told().get(0))
                .isEqualTo("WARN source s: CONNECTING -> AWAY: no answer from nowhere:1: no answer within 0 ms");
    }
}
