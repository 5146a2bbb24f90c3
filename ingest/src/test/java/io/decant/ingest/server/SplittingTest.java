package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches whose splitting takes longer than anybody waits: a key that takes about a millisecond, in many records. */
class SplittingTest {
    private static final int RECORDS = 100_000;
    private static final String[] SLOW = {
        "bucket.key=regex:(?:x?){1000}(?:x?){900}(=)", "shutdown-timeout=100ms", "batch.interval=2s"
    };

    @TempDir
    Path temp;

    private SinksFixture fixture;

    @BeforeEach
    void open() {
        fixture = new SinksFixture(temp);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    @Timeout(60)
    void shouldSayThatABatchIsBeingSplitAndStopWhenTheServerIsAskedTo() throws Exception {
        try (Server server = fixture.start(List.of("one", "two"), SLOW)) {
            send(server, ("x".repeat(75) + "\n").repeat(RECORDS));
            ServerStatus status = await(server, now -> now.sinks().values().stream()
                    .allMatch(sink -> sink.state().equals("splitting") && sink.lagSeconds() > 2));
            assertThat(status.sinks().values()).allMatch(sink -> sink.lagRecords() == RECORDS);
        }
        // Again at the next start, where the lag is known from the journal.
        try (Server server = fixture.start(List.of("one", "two"), SLOW)) {
            await(server, now -> now.sinks().values().stream()
                    .allMatch(sink -> sink.state().equals("splitting") && sink.lagSeconds() > 0));
        }
        assertThat(fixture.receiver("one").isEmpty()).isTrue();
    }
}
