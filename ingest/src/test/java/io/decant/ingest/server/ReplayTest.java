package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.receiver.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delivered batches that are still kept go out again, under the keys they had, and nothing else changes. */
class ReplayTest {
    private static final int AWAY = 503;
    private static final int WELL = 200;
    private static final String RETAIN = "journal.retain=1h";
    private static final List<String> SINKS = List.of("api", "other");

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
    void shouldDeliverBatchesAgainUnderTheKeysTheyHad() throws Exception {
        List<ReceivedRequest> had = new ArrayList<>();
        for (int batch = 1; batch <= 4; batch++) {
            // Each in a segment of its own, and cut by settings that were changed since.
            try (Server server = fixture.start(SINKS, RETAIN, "sinks.api.max-records=" + batch, "name=edge-" + batch)) {
                send(server, "a\nb\na\n" + batch + "\n");
                awaitDelivered(server);
                assertThat(server.drain()).isTrue();
            }
            had.addAll(all("api"));
            all("other");
        }
        try (Server server = fixture.replay("api", 2, OptionalLong.of(3), SINKS, RETAIN)) {
            List<ReceivedRequest> expected = had.stream()
                    .filter(part -> part.header("decant-batch").matches("[23]"))
                    .toList();
            List<ReceivedRequest> again = new ArrayList<>();
            while (again.size() < expected.size()) {
                again.add(fixture.receiver("api").next());
            }
            assertThat(again)
                    .usingRecursiveComparison()
                    .ignoringFields("headers.host")
                    .isEqualTo(expected);
            send(server, "new\n");
            assertThat(fixture.receiver("api").next().header("decant-batch")).isEqualTo("5");
            awaitDelivered(server);
            assertThat(server.drain()).isTrue();
        }
        assertThat(all("api")).isEmpty();
        assertThat(all("other")).extracting(ReceivedRequest::body).containsExactly("new\n");
    }

    @Test
    void shouldReplayUpToTheLastThatItHasWholeAndThenGoOnWhereItWas() throws Exception {
        try (Server server = fixture.start(SINKS, RETAIN, "shutdown-timeout=1ms")) {
            send(server, "1\n");
            send(server, "2\n");
            awaitDelivered(server);
            fixture.receiver("api").answer(AWAY);
            send(server, "3\n");
            await(server, now -> now.sinks().get("api").state().equals("retrying"));
        }
        assertThat(all("api")).extracting(ReceivedRequest::body).containsExactly("1\n", "2\n");
        try (Server server = fixture.replay("api", 1, OptionalLong.empty(), SINKS, RETAIN)) {
            await(server, now -> now.sinks().get("api").state().equals("retrying"));
            assertThat(server.status().sinks().get("api").batch()).isEqualTo(2);
            assertThat(server.status().sinks().get("api").lagRecords()).isEqualTo(1);
            fixture.receiver("api").answer(WELL);
            awaitDelivered(server);
            assertThat(server.drain()).isTrue();
        }
        assertThat(all("api")).extracting(ReceivedRequest::body).containsExactly("1\n", "2\n", "3\n");
    }

    @Test
    void shouldForgetAReplayThatDidNotEnd() throws Exception {
        try (Server server = fixture.start(SINKS, RETAIN)) {
            send(server, "1\n");
            awaitDelivered(server);
        }
        all("api");
        fixture.receiver("api").answer(AWAY);
        try (Server server = fixture.replay("api", 1, OptionalLong.empty(), SINKS, RETAIN, "shutdown-timeout=1ms")) {
            await(server, now -> now.sinks().get("api").state().equals("retrying"));
            // Nothing of what goes out again is anybody's backlog.
            awaitDelivered(server);
            server.drain();
        }
        fixture.receiver("api").answer(WELL);
        try (Server server = fixture.start(SINKS, RETAIN)) {
            send(server, "2\n");
            awaitDelivered(server);
        }
        assertThat(all("api")).extracting(ReceivedRequest::body).containsExactly("2\n");
    }

    @Test
    void shouldKeepWhatItReplaysWhateverRetainSays() throws Exception {
        try (Server server = fixture.start(SINKS, RETAIN)) {
            send(server, "1\n");
            awaitDelivered(server);
        }
        all("api");
        fixture.receiver("api").answer(AWAY);
        try (Server server = fixture.replay("api", 1, OptionalLong.empty(), SINKS)) {
            await(server, now -> now.sinks().get("api").state().equals("retrying"));
            send(server, "2\n");
            assertThat(segments()).hasSize(2);
            fixture.receiver("api").answer(WELL);
            awaitDelivered(server);
            while (segments().size() > 1) {
                await(server, now -> now.stalled().isEmpty());
            }
        }
        assertThat(all("api")).extracting(ReceivedRequest::body).containsExactly("1\n", "2\n");
    }

    @Test
    void shouldRefuseWhatItCannotReplayInOneClearLine() throws Exception {
        try (Server server = fixture.start(SINKS)) {
            send(server, "1\n");
            send(server, "2\n");
            awaitDelivered(server);
            assertThat(server.drain()).isTrue();
        }
        // What a start finds delivered and not retained is gone soon after it.
        List<String> sinks = List.of("api", "other", "new");
        try (Server server = fixture.start(sinks)) {
            send(server, "3\n");
            awaitDelivered(server);
            while (segments().size() > 1) {
                await(server, now -> now.stalled().isEmpty());
            }
            assertThat(server.drain()).isTrue();
        }
        assertRefused(
                () -> fixture.replay("api", 2, OptionalLong.empty(), sinks),
                "batch 2 is no longer retained",
                "oldest retained is 3");
        assertRefused(
                () -> fixture.replay("api", 4, OptionalLong.empty(), sinks),
                "batch 4 is after the last one",
                "which is 3");
        assertRefused(
                () -> fixture.replay("api", 3, OptionalLong.of(9), sinks),
                "batch 9 is after the last one",
                "which is 3");
        assertRefused(() -> fixture.replay("gone", 3, OptionalLong.empty(), sinks), "no such sink", "api, other, new");
        fixture.start(List.of("api", "other", "new", "newest"), RETAIN).close();
        assertRefused(
                () -> fixture.replay(
                        "newest", 3, OptionalLong.empty(), List.of("api", "other", "new", "newest"), RETAIN),
                "batch 3 was not for this sink");
    }

    private static void assertRefused(ThrowingCallable start, String... parts) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.SETTINGS))
                .hasMessageContainingAll(parts);
    }

    private List<ReceivedRequest> all(String sink) throws InterruptedException {
        List<ReceivedRequest> parts = new ArrayList<>();
        while (!fixture.receiver(sink).isEmpty()) {
            parts.add(fixture.receiver(sink).next());
        }
        return parts;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.walk(temp)) {
            return files.filter(file -> file.toString().endsWith(".cq4")).toList();
        } catch (UncheckedIOException e) {
            // Something was removed between two looks.
            return segments();
        }
    }
}
