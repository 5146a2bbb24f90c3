package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.receiver.ReceivedRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sinks that share a server and nothing else, on real sockets and a real disk. */
class SeveralSinksTest {
    private static final int AWAY = 503;
    private static final int WELL = 200;

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
    void shouldHoldNeitherSourcesNorTheOtherSinkBackWhileOneIsAway() throws Exception {
        Receiver here = fixture.receiver("here");
        Receiver away = fixture.receiver("away");
        away.answer(AWAY);
        try (Server server = fixture.start(List.of("here", "away"))) {
            for (int batch = 1; batch <= 5; batch++) {
                send(server, batch + "\n");
                assertThat(here.next().body()).isEqualTo(batch + "\n");
            }
            ServerStatus meanwhile =
                    await(server, now -> now.sinks().get("here").batch() == 5);
            assertThat(meanwhile.sinks().get("here").lagRecords()).isZero();
            assertThat(meanwhile.sinks().get("away").state()).isEqualTo("retrying");
            assertThat(meanwhile.sinks().get("away").lagRecords()).isEqualTo(5);
            assertThat(meanwhile.notReady()).isEmpty();
            away.answer(WELL);
            for (int batch = 1; batch <= 5; batch++) {
                ReceivedRequest part = away.next();
                assertThat(part.header("decant-batch")).isEqualTo(Integer.toString(batch));
                assertThat(part.body()).isEqualTo(batch + "\n");
            }
            awaitDelivered(server);
        }
        assertThat(here.isEmpty()).isTrue();
        assertThat(away.isEmpty()).isTrue();
    }

    @Test
    void shouldHoldNoSinkBackBySlowOnes() throws Exception {
        Receiver fast = fixture.receiver("fast");
        Receiver slow = fixture.receiver("slow");
        slow.slowDown();
        try (Server server = fixture.start(List.of("fast", "slow"))) {
            for (int batch = 1; batch <= 5; batch++) {
                send(server, batch + "\n");
                assertThat(fast.next().body()).isEqualTo(batch + "\n");
                // It is behind by one batch more with each.
                if (batch % 2 == 0) {
                    slow.permit();
                    assertThat(slow.next().body()).isEqualTo(batch / 2 + "\n");
                }
            }
            ServerStatus meanwhile =
                    await(server, now -> now.sinks().get("slow").batch() == 2);
            assertThat(meanwhile.sinks().get("slow").lagRecords()).isEqualTo(3);
            slow.speedUp();
            for (int batch = 3; batch <= 5; batch++) {
                assertThat(slow.next().body()).isEqualTo(batch + "\n");
            }
            awaitDelivered(server);
        }
    }

    @Test
    void shouldBeginANewSinkWithTheNextBatchAndForgetOneThatHadEverything() throws Exception {
        try (Server server = fixture.start(List.of("stays", "goes"))) {
            send(server, "1\n");
            awaitDelivered(server);
        }
        try (Server server = fixture.start(List.of("stays", "comes"))) {
            send(server, "2\n");
            awaitDelivered(server);
            assertThat(server.status().sinks().get("comes").batch()).isEqualTo(2);
        }
        assertThat(bodies("stays", 2)).containsExactly("1\n", "2\n");
        assertThat(bodies("goes", 1)).containsExactly("1\n");
        assertThat(bodies("comes", 1)).containsExactly("2\n");
    }

    @Test
    void shouldGoOnInMidBatchBesideOneSinkAddedAndOneRemoved() throws Exception {
        fixture.receiver("stays").slowDown();
        fixture.receiver("goes").slowDown();
        try (Server server =
                fixture.start(List.of("stays", "goes"), "shutdown-timeout=1ms", "sinks.stays.max-records=1")) {
            send(server, "1\n2\n3\n");
            fixture.receiver("stays").permit();
            await(server, now -> now.sinks().get("stays").records() == 1);
            assertThat(server.drain()).isFalse();
        }
        fixture.receiver("stays").speedUp();
        fixture.receiver("goes").answer(AWAY);
        fixture.receiver("goes").speedUp();
        assertThatThrownBy(() -> fixture.start(List.of("stays", "comes")))
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.SETTINGS))
                .hasMessageContainingAll("'goes'", "batches 1 to 1", "--forget-sink goes");
        try (Server server = Server.start(fixture.settings(List.of("stays", "comes")), Set.of("goes"))) {
            send(server, "4\n");
            awaitDelivered(server);
        }
        assertThat(firstOfEachKey("stays"))
                .extracting(ReceivedRequest::body)
                .containsExactly("1\n", "2\n", "3\n", "4\n");
        assertThat(bodies("comes", 1)).containsExactly("4\n");
        assertThat(fixture.receiver("goes").isEmpty()).isTrue();
    }

    @Test
    void shouldDeliverABatchAsItWasCutWhateverTheSettingsSayAfterARestartInTheMiddleOfIt() throws Exception {
        Receiver receiver = fixture.receiver("api");
        receiver.slowDown();
        String journal;
        try (Server server = fixture.start(List.of("api"), "shutdown-timeout=1ms", "sinks.api.max-records=2")) {
            send(server, "1\n2\n3\n4\n5\n");
            journal = server.status().journal().id();
            receiver.permit();
            await(server, now -> now.sinks().get("api").records() == 2);
            assertThat(server.drain()).isFalse();
        }
        receiver.speedUp();
        try (Server server =
                fixture.start(List.of("api"), "name=edge-2", "sinks.api.max-records=3", "sinks.api.format=json")) {
            send(server, "6\n7\n8\n9\n");
            awaitDelivered(server);
        }
        List<ReceivedRequest> parts = firstOfEachKey("api");
        assertThat(parts)
                .extracting(part -> part.header("idempotency-key").replace(journal, "JOURNAL"))
                .containsExactly(
                        "\"edge-1-JOURNAL-api-1-0-0-2\"",
                        "\"edge-1-JOURNAL-api-1-0-2-2\"",
                        "\"edge-1-JOURNAL-api-1-0-4-1\"",
                        "\"edge-2-JOURNAL-api-2-0-0-3\"",
                        "\"edge-2-JOURNAL-api-2-0-3-1\"");
        assertThat(parts)
                .extracting(ReceivedRequest::body)
                .containsExactly("1\n2\n", "3\n4\n", "5\n", "[6,7,8]", "[9]");
        assertThat(parts)
                .extracting(part -> part.header("content-type").replaceAll(";.*", ""))
                .containsExactly("text/plain", "text/plain", "text/plain", "application/json", "application/json");
    }

    @Test
    void shouldStopOnlyTheSinkThatThrowsAndTryAgainAfterARestart() throws Exception {
        AtomicBoolean outOfMemory = new AtomicBoolean();
        String stopped;
        try (Server server = Server.start(
                fixture.settings(List.of("one", "two"), "shutdown-timeout=1h"),
                Set.of(),
                Optional.empty(),
                (dataDir, size) -> new BreakableStore(
                        new ChronicleSegmentStore(dataDir, size),
                        new AtomicBoolean(),
                        new AtomicBoolean(),
                        outOfMemory))) {
            outOfMemory.set(true);
            send(server, "1\n");
            ServerStatus status = await(server, now -> now.sinks().values().stream()
                    .anyMatch(sink -> sink.state().equals("stopped")));
            stopped = status.sinks().get("one").state().equals("stopped") ? "one" : "two";
            String other = stopped.equals("one") ? "two" : "one";
            assertThat(status.sinks().get(stopped).lastError())
                    .contains("Map failed", "until a restart, which retries");
            assertThat(status.state()).isEqualTo("running");
            assertThat(fixture.receiver(other).next().body()).isEqualTo("1\n");
            send(server, "2\n");
            assertThat(fixture.receiver(other).next().body()).isEqualTo("2\n");
            // Well before its timeout: nothing comes of waiting.
            assertThat(server.drain()).isFalse();
            assertThat(fixture.receiver(stopped).isEmpty()).isTrue();
        }
        try (Server server = fixture.start(List.of("one", "two"))) {
            awaitDelivered(server);
            assertThat(server.drain()).isTrue();
        }
        assertThat(bodies(stopped, 2)).containsExactly("1\n", "2\n");
        assertThat(fixture.receiver(stopped.equals("one") ? "two" : "one").isEmpty())
                .isTrue();
    }

    /**
     * What a receiver keeps that knows a key again: an answer that came too late to be marked makes a part come twice.
     */
    private List<ReceivedRequest> firstOfEachKey(String sink) throws InterruptedException {
        Map<String, ReceivedRequest> parts = new LinkedHashMap<>();
        while (!fixture.receiver(sink).isEmpty()) {
            ReceivedRequest part = fixture.receiver(sink).next();
            ReceivedRequest before = parts.putIfAbsent(part.header("idempotency-key"), part);
            assertThat(before == null || before.body().equals(part.body())).isTrue();
        }
        return List.copyOf(parts.values());
    }

    /** What came, all of it. */
    private List<String> bodies(String sink, int count) throws InterruptedException {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(fixture.receiver(sink).next().body());
        }
        assertThat(fixture.receiver(sink).isEmpty()).isTrue();
        return bodies;
    }
}
