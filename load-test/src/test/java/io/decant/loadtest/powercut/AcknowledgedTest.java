package io.decant.loadtest.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcknowledgedTest {

    @TempDir
    Path state;

    @Test
    void shouldTellTheHarnessWhatIsNewAndRememberItInTheNextLife() throws IOException {
        Path acks = state.resolve("acks");
        try (Acknowledged acknowledged = new Acknowledged(acks, state)) {
            acknowledged.durable(1, 0);
            acknowledged.durable(1, 5);
            acknowledged.durable(1, 5);
            acknowledged.durable(1, 6);
        }
        long from = Workload.number(1, 0);
        assertThat(Files.readAllLines(acks)).containsExactly(from + "-" + (from + 4), (from + 5) + "-" + (from + 5));
        try (Acknowledged acknowledged = new Acknowledged(acks, state)) {
            assertThat(acknowledged.count(1)).isEqualTo(6);
            assertThat(acknowledged.count(0)).isZero();
        }
    }

    @Test
    void shouldSeeAServerThatForgets() throws IOException {
        try (Acknowledged acknowledged = new Acknowledged(state.resolve("acks"), state)) {
            acknowledged.durable(0, 5);
            acknowledged.durable(0, 4);
        }
        assertThat(Files.readAllLines(state.resolve("violations")))
                .containsExactly("session 0: 5 were acknowledged, now only 4");
    }
}
