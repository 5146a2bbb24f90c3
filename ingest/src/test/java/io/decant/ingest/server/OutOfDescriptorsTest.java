package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.ChronicleSegmentStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in whose process no file can be opened to read, for longer than one call tries. */
class OutOfDescriptorsTest {

    @TempDir
    Path temp;

    private BreakableStore store;

    @Test
    void shouldGoOnOnceThereAreDescriptorsAgain() throws Exception {
        try (SinksFixture sinks = new SinksFixture(temp);
                Server server = Server.start(
                        sinks.settings(List.of("api")), Set.of(), Optional.empty(), (dataDir, segmentSize) -> {
                            store = new BreakableStore(
                                    new ChronicleSegmentStore(dataDir, segmentSize),
                                    new AtomicBoolean(),
                                    new AtomicBoolean());
                            return store;
                        })) {
            store.outOfDescriptors.set(true);
            SinksFixture.send(server, "a\nb\na\n");
            await(server, now -> now.sinks().get("api").lastError().contains("ulimit -n"));
            assertThat(server.failure()).isNotDone();
            assertThat(server.status().stalled()).isEmpty();
            store.outOfDescriptors.set(false);
            SinksFixture.awaitDelivered(server);
            assertThat(server.status().sinks().get("api").records()).isEqualTo(3);
        }
    }
}
