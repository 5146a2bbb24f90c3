package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.deadletter.BreakableLetterStore;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.ChronicleSegmentStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that have no key where {@code bucket.missing-key} is {@code dlq}, in a whole server. */
class MissingKeyTest {
    private static final String[] KEYED = {"bucket.key=json:/id", "bucket.missing-key=dlq"};

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
    void shouldPutRecordsWithoutAKeyAmongTheDeadLettersOnceForAllSinks() throws Exception {
        try (Server server = fixture.start(List.of("one", "two"), KEYED)) {
            send(server, "{\"id\":1}\nno key\n{\"id\":2}\n{\"x\":1}\n{\"id\":1}\n");
            awaitDelivered(server);
        }
        for (String sink : List.of("one", "two")) {
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("{\"id\":1}\n{\"id\":2}\n");
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("{\"id\":1}\n");
            assertThat(fixture.receiver(sink).isEmpty()).isTrue();
        }
        assertThat(letters())
                .containsExactly(
                        DeadLetter.withoutKey(1, 0, bytes("no key"), null),
                        DeadLetter.withoutKey(1, 1, bytes("{\"x\":1}"), null));
    }

    @Test
    void shouldDeliverABatchInWhichNoRecordHasAKey() throws Exception {
        try (Server server = fixture.start(List.of("one"), KEYED)) {
            send(server, "a\nb\na\n");
            awaitDelivered(server);
            send(server, "{\"id\":1}\n");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().header("decant-batch")).isEqualTo("2");
        assertThat(letters()).hasSize(3);
    }

    @Test
    void shouldSayWhyASinkDoesNotBeginWhileTheyFindNoRoom() throws Exception {
        BreakableLetterStore letters = new BreakableLetterStore(new FileDeadLetterStore(temp.resolve("data")));
        letters.room = 0;
        try (Server server = Server.start(
                fixture.settings(List.of("one"), KEYED),
                Set.of(),
                Optional.empty(),
                ChronicleSegmentStore::new,
                letters)) {
            send(server, "no key\n{\"id\":1}\n");
            ServerStatus now =
                    await(server, status -> status.sinks().get("one").state().equals("failing"));
            assertThat(now.sinks().get("one").lastError())
                    .contains("no room among the dead letters for records without a key");
            assertThat(fixture.receiver("one").isEmpty()).isTrue();

            letters.room = Integer.MAX_VALUE;
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("{\"id\":1}\n");
    }

    @Test
    void shouldNotSayThatThereAreNoDescriptorsOnceTheBatchIsThere() throws Exception {
        BreakableLetterStore letters = new BreakableLetterStore(new FileDeadLetterStore(temp.resolve("data")));
        letters.room = 0;
        AtomicReference<BreakableStore> store = new AtomicReference<>();
        try (Server server = Server.start(
                fixture.settings(List.of("one"), KEYED),
                Set.of(),
                Optional.empty(),
                (dataDir, segmentSize) -> {
                    store.set(new BreakableStore(
                            new ChronicleSegmentStore(dataDir, segmentSize), new AtomicBoolean(), new AtomicBoolean()));
                    return store.get();
                },
                letters)) {
            store.get().outOfDescriptors.set(true);
            send(server, "no key\n{\"id\":1}\n");
            await(server, now -> now.sinks().get("one").lastError().contains("ulimit -n"));
            store.get().outOfDescriptors.set(false);
            await(server, now -> now.sinks()
                    .get("one")
                    .lastError()
                    .contains("no room among the dead letters for records without a key"));
            letters.room = Integer.MAX_VALUE;
            awaitDelivered(server);
        }
    }

    /** The second sink comes to the batch when the first is long past it, and after a restart. */
    @Test
    void shouldNotWriteThemAgainForASinkThatComesLater() throws Exception {
        fixture.receiver("late").answer(503);
        try (Server server = fixture.start(List.of("early", "late"), KEYED)) {
            send(server, "{\"id\":1}\n");
            send(server, "no key\n{\"id\":1}\n");
            await(server, now -> now.sinks().get("early").batch() == 2);
            assertThat(letters()).hasSize(1);
            server.close();
        }
        fixture.receiver("late").answer(200);
        try (Server server = fixture.start(List.of("early", "late"), KEYED)) {
            awaitDelivered(server);
        }
        assertThat(letters()).hasSize(1);
    }

    private List<DeadLetter> letters() throws IOException {
        List<DeadLetter> letters = new ArrayList<>();
        try (DeadLetterReader lines = DeadLetterReader.ofDays(new FileDeadLetterStore(temp.resolve("data")))) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                assertThat(line.isDamaged()).isFalse();
                letters.add(line.filed().letter());
            }
        }
        return letters;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
