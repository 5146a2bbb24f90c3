package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.pipeline.ReplayRange;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A batch that cannot be processed with one of its records in it, in a whole server and as a process that ends because
 * of it.
 */
@Timeout(300)
@Tag("slow")
class PoisonTest {

    private static final String RETAIN = "journal.retain=1h";

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

    private Server start(Optional<ReplayRange> replay, List<String> sinks, Runnable failure, String... sets) {
        return Server.start(
                fixture.settings(sinks, sets),
                Set.of(),
                replay,
                ChronicleSegmentStore::new,
                new FileDeadLetterStore(temp.resolve("data")),
                extraction -> new PoisonedServer.Poisoned(extraction, failure));
    }

    private static void overflow() {
        throw new StackOverflowError();
    }

    @Test
    void shouldSetTheRecordAsideForAllSinksAndDeliverTheRest() throws Exception {
        List<String> sinks = List.of("one", "two");
        try (Server server = start(Optional.empty(), sinks, PoisonTest::overflow, RETAIN)) {
            send(server, "a\npoison\nb\na\n");
            awaitDelivered(server);
            send(server, "c\n");
            awaitDelivered(server);
            assertThat(server.status().deadLetters().ofNoSink().get(Reason.UNPROCESSABLE.word()))
                    .isEqualTo(1);
        }
        for (String sink : sinks) {
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("a\nb\n");
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("a\n");
            assertThat(fixture.receiver(sink).next().body()).isEqualTo("c\n");
            assertThat(fixture.receiver(sink).isEmpty()).isTrue();
        }
        assertThat(letters())
                .containsExactly(
                        DeadLetter.unprocessable(1, 0, "java.lang.StackOverflowError", "poison".getBytes(UTF_8), null));

        // A replay leaves it out, too, though every sink has the batch.
        try (Server server = start(
                Optional.of(new ReplayRange("one", 1, OptionalLong.empty())), sinks, PoisonTest::overflow, RETAIN)) {
            assertThat(fixture.receiver("one").next().body()).isEqualTo("a\nb\n");
            assertThat(fixture.receiver("one").next().body()).isEqualTo("a\n");
            assertThat(fixture.receiver("one").next().body()).isEqualTo("c\n");
            awaitDelivered(server);
        }
        assertThat(letters()).hasSize(1);
    }

    @Test
    void shouldDeliverABatchOfWhichNothingIsLeft() throws Exception {
        try (Server server = start(Optional.empty(), List.of("one"), PoisonTest::overflow)) {
            send(server, "poison\n");
            awaitDelivered(server);
            send(server, "a\n");
            awaitDelivered(server);
        }
        assertThat(fixture.receiver("one").next().header("decant-batch")).isEqualTo("2");
        assertThat(letters()).hasSize(1);
    }

    /** The first sink has begun the batch in a life in which nothing was wrong with the record. */
    @Test
    void shouldStopWithAdviceWhereASinkHasBegunTheBatch() throws Exception {
        fixture.receiver("late").answer(503);
        try (Server server = start(Optional.empty(), List.of("early", "late"), () -> {})) {
            send(server, "a\npoison\n");
            await(server, now -> now.sinks().get("early").batch() == 1);
            server.close();
        }
        // As if nothing had been in memory before.
        Files.delete(temp.resolve("data/attempts"));
        try (Server server = start(Optional.empty(), List.of("early", "late"), PoisonTest::overflow)) {
            ServerStatus now =
                    await(server, status -> status.sinks().get("late").state().equals("stopped"));
            assertThat(now.sinks().get("late").lastError())
                    .contains("batch 1", "record 1", "a sink has started it", "-Xmx in JAVA_OPTS");
            send(server, "b\n");
            await(server, status -> status.sinks().get("early").batch() == 2);
        }
        assertThat(letters()).isEmpty();
    }

    /** A real process whose heap is full at the record, started again and again as a supervisor does. */
    @Test
    void shouldSetTheRecordAsideThatEndsTheProcess() throws Exception {
        Path settings = Files.writeString(temp.resolve("decant.yaml"), """
                name: edge-1
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                admin: {address: "127.0.0.1:0"}
                sinks: {one: {type: http, url: '%s'}}
                """.formatted(
                        fixture.receiver("one").url()));
        try (Server server = fixture.start(List.of("one"), "batch.interval=1h")) {
            String address = server.status().sources().get("logs").address();
            assertThat(LineClient.sendAll(address, "a\npoison\nb\n")).last().isEqualTo("OK 3");
            server.close();
        }
        int ends = 0;
        Process process = startProcess(settings);
        while (letters().isEmpty()) {
            if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue())
                        .as("as -XX:+ExitOnOutOfMemoryError ends it")
                        .isEqualTo(3);
                assertThat(++ends).isLessThan(20);
                process = startProcess(settings);
            }
        }
        try {
            // Two tries, one step to a single record, and twice more that one alone.
            assertThat(ends).isEqualTo(5);
            assertThat(fixture.receiver("one").next().body()).isEqualTo("a\nb\n");
            assertThat(letters()).extracting(DeadLetter::reason).containsExactly(Reason.UNPROCESSABLE);
            assertThat(letters().get(0).answer()).isEqualTo("the process ended 3 times, probably out of memory");
        } finally {
            process.destroyForcibly().waitFor();
        }
        // And what was set aside stays so.
        try (Server server = start(Optional.empty(), List.of("one"), PoisonTest::overflow)) {
            awaitDelivered(server);
        }
        assertThat(letters()).hasSize(1);
    }

    private Process startProcess(Path settings) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(PoisonedServer.class.getName(), settings.toString()));
        return new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(temp.resolve("log.txt").toFile()))
                .start();
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
