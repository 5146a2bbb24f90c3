package io.decant.ingest.server;

import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ReplayQuery;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.receiver.ReceivedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transforms of a source, in a whole server. */
class TransformServerTest {

    private static final String WORDS = "sources.logs.transforms=[{split: \" \"}, {drop: empty}]";

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
    void shouldDeliverWhatRecordsBecomeToAllSinks() throws Exception {
        try (Server server = fixture.start(List.of("one", "two"), WORDS, "sinks.two.format=envelope")) {
            send(server, "to be or  not\nto be\n\n");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("to\nbe\nor\nnot\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("to\nbe\n");
        List<String> envelopes = fixture.receiver("two").next().body().lines().toList();
        assertThat(envelopes.get(0)).contains("\"value\":\"to\"", "\"position\":0,\"index\":0,");
        // The empty piece was dropped before it could count.
        assertThat(envelopes.get(3)).contains("\"value\":\"not\"", "\"position\":0,\"index\":3,");
        List<String> second = fixture.receiver("two").next().body().lines().toList();
        assertThat(second.get(1)).contains("\"value\":\"be\"", "\"position\":1,\"index\":1,");
        assertThat(fixture.receiver("one").isEmpty()).isTrue();
    }

    @Test
    void shouldPutRecordsThatFailAmongTheDeadLettersOnceForAllSinks() throws Exception {
        String pick = "sources.logs.transforms=[{split: ;}, {json-pick: {a: /a}}]";
        try (Server server = fixture.start(List.of("one", "two"), pick)) {
            send(server, "{\"a\":1};no\n{\"a\": 2};{\"b\":3}\n");
            awaitDelivered(server);
        }
        for (String sink : List.of("one", "two")) {
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("{\"a\":2}\n{}\n");
            assertThat(fixture.receiver(sink).isEmpty()).isTrue();
        }
        List<DeadLetter> letters = letters();
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).reason()).isEqualTo(Reason.TRANSFORM_FAILED);
        assertThat(new String(letters.get(0).record(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1};no");
        assertThat(letters.get(0).answer())
                .isEqualTo("source logs, step 2 (json-pick: {\"a\":\"/a\"}): the record is not JSON");
    }

    @Test
    void shouldDoWithRecordsThatFailWhatIsAsked() throws Exception {
        String pick = "sources.logs.transforms=[{csv-pick: [2]}]";
        try (Server server = fixture.start(List.of("one"), pick, "sources.logs.transform-error=keep")) {
            send(server, "a,b\nc\n");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("b\nc\n");
        try (Server server = fixture.start(List.of("one"), pick, "sources.logs.transform-error=drop")) {
            send(server, "a,d\nc\n");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("d\n");
        assertThat(letters()).isEmpty();
    }

    @Test
    void shouldPassABatchOfWhichNothingIsLeft() throws Exception {
        try (Server server = fixture.start(List.of("one"), "sources.logs.transforms=[{keep: \"regex:^x\"}]")) {
            send(server, "a\nb\n");
            awaitDelivered(server);
            send(server, "x\n");
            awaitDelivered(server);
        }
        ReceivedRequest part = fixture.receiver("one").next();
        assertThat(part.body()).isEqualTo("x\n");
        assertThat(part.header("decant-batch")).isEqualTo("2");
    }

    @Test
    void shouldDeliverWithTheTransformsOfItsCutAfterARestartWithOthers() throws Exception {
        fixture.receiver("one").answer(503);
        try (Server server = fixture.start(List.of("one"), WORDS)) {
            send(server, "a b\na\n");
        }
        fixture.receiver("one").answer(200);
        try (Server server = fixture.start(List.of("one"), "sources.logs.transforms=[lower]")) {
            send(server, "A B\n");
            awaitDelivered(server);
        }
        ReceivedRequest first = fixture.receiver("one").next();
        assertThat(first.body()).isEqualTo("a\nb\n");
        assertThat(first.header("decant-buckets")).isEqualTo("2");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("a\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("a b\n");
    }

    /** Their own source is no longer there to say what becomes of them. */
    @Test
    void shouldTransformUncutRecordsOfASourceThatLeftTheSettingsAsTheLastCutThatNamedItDid() throws Exception {
        try (Server server = fixture.start(List.of("one"), WORDS)) {
            send(server, "first cut\n");
            awaitDelivered(server);
        }
        try (Server server = fixture.start(List.of("one"), WORDS, "batch.interval=1d")) {
            String address = server.status().sources().get("logs").address();
            assertThat(LineClient.sendAll(address, "to be\nto\n")).containsExactly("OK 2");
            assertThat(server.status().journal().uncutRecords()).isEqualTo(2);
        }
        String others = "sources={others: {type: tcp, address: \"127.0.0.1:0\", transforms: [lower]}}";
        try (Server server = fixture.start(List.of("one"), others)) {
            awaitDelivered(server);
            String address = server.status().sources().get("others").address();
            assertThat(LineClient.sendAll(address, "OR NOT\n")).containsExactly("OK 1");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("first\ncut\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("to\nbe\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("to\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("or not\n");
        assertThat(fixture.receiver("one").isEmpty()).isTrue();
    }

    @Test
    void shouldSendLettersAgainThroughTheTransformsOfToday() throws Exception {
        try (Server server = fixture.start(List.of("one", "two"), "sources.logs.transforms=[{csv-pick: [2]}]")) {
            send(server, "a b\n");
            awaitDelivered(server);
        }
        assertThat(letters()).extracting(DeadLetter::source).containsExactly("logs");
        try (Server server = fixture.start(List.of("one", "two"), WORDS)) {
            server.replay(new ReplayQuery(null, null, null, null))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            awaitDelivered(server);
        }
        for (String sink : List.of("one", "two")) {
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("a\nb\n");
            assertThat(fixture.receiver(sink).isEmpty()).isTrue();
        }
        assertThat(letters()).isEmpty();
    }

    @Test
    void shouldSayWhatEachStepDid() throws Exception {
        try (Server server = fixture.start(List.of("one"), WORDS)) {
            send(server, "to be  not\n\n");
            awaitDelivered(server);
            assertThat(server.status().transforms().get("logs"))
                    .containsExactly(
                            new ServerStatus.Step("split: \" \"", 2, 5, 0, 0),
                            new ServerStatus.Step("drop: \"empty\"", 5, 3, 2, 0));
            assertThat(metrics(server))
                    .contains(
                            "decant_transform_in_total{source=\"logs\",step=\"1\"} 2.0",
                            "decant_transform_out_total{source=\"logs\",step=\"1\"} 5.0",
                            "decant_transform_dropped_total{source=\"logs\",step=\"2\"} 2.0",
                            "decant_transform_failed_total{source=\"logs\",step=\"2\"} 0.0");
        }
    }

    @Test
    void shouldCountWhatTheStepsOfTodayDid() throws Exception {
        fixture.receiver("one").answer(503);
        try (Server server = fixture.start(List.of("one"), WORDS)) {
            send(server, "a b c\n");
        }
        fixture.receiver("one").answer(200);
        // As many steps, but others: the batch that was cut before is delivered by its own.
        try (Server server = fixture.start(List.of("one"), "sources.logs.transforms=[trim, lower]")) {
            send(server, "D\n");
            awaitDelivered(server);
            assertThat(server.status().transforms().get("logs"))
                    .containsExactly(
                            new ServerStatus.Step("trim", 1, 1, 0, 0), new ServerStatus.Step("lower", 1, 1, 0, 0));
        }
        assertThat(fixture.receiver("one").next().body()).isEqualTo("a\nb\nc\n");
        assertThat(fixture.receiver("one").next().body()).isEqualTo("d\n");
    }

    private static List<String> metrics(Server server) throws Exception {
        try (InputStream answer = URI.create("http://" + server.adminAddress() + "/metrics")
                .toURL()
                .openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private List<DeadLetter> letters() throws IOException {
        List<DeadLetter> letters = new ArrayList<>();
        try (DeadLetterReader lines = DeadLetterReader.ofDays(new FileDeadLetterStore(temp.resolve("data")))) {
            for (LetterLine line = lines.next(); line != null; line = lines.next()) {
                letters.add(line.filed().letter());
            }
        }
        return letters;
    }
}
