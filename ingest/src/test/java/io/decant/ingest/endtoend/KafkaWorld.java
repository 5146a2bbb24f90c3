package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.server.Server;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A server that reads a topic, a receiver that remembers what it gets, and a data directory that stays between two
 * servers.
 */
final class KafkaWorld implements AutoCloseable {

    static final String SOURCE = "clicks";
    /** What {@code ${...}} in settings refers to. */
    static final Map<String, String> ENVIRONMENT = Map.of("KAFKA_PASSWORD", "s3cret", "KEY_PASSWORD", "changeit");

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final Path folder;
    private final String yaml;
    private final Receiver receiver;

    /** Null while none runs. */
    private Server server;

    KafkaWorld(Path folder, String address, String topic) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.receiver = new Receiver(new Random(0), 0);
        this.yaml = """
                data-dir: ./data
                sources:
                  %s:
                    type: kafka
                    bootstrap-servers: %s
                    topics: [%s]
                    group-id: %s
                    max-record: 1MiB
                journal:
                  segment-size: 8MiB
                  min-free: 1MiB
                batch:
                  interval: 50ms
                sinks:
                  api:
                    type: http
                    url: %s
                    format: envelope
                    retry-max-delay: 100ms
                admin:
                  address: 127.0.0.1:0
                """.formatted(SOURCE, address, topic, "group-of-" + topic.split(",", 2)[0], receiver.url());
    }

    KafkaWorld(Path folder, TestBroker broker, String topic) throws IOException {
        this(folder, broker.address(), topic);
    }

    /** What keeps the source from reading, as {@code validate --connect} says it. */
    List<String> connectionProblems(String... sets) {
        return SourceTypes.of(settings(sets)).get(0).connectionProblems();
    }

    Settings settings(String... sets) {
        return SettingsLoader.parse(yaml, "the test's settings", folder, List.of(sets), ENVIRONMENT);
    }

    /** The same as a file, for a server in a process of its own. */
    Path settingsFile() throws IOException {
        return Files.writeString(folder.resolve("decant.yaml"), yaml);
    }

    Receiver receiver() {
        return receiver;
    }

    Server server() {
        return server;
    }

    /** Starts a server where the last one left off. */
    void start(String... sets) {
        server = Server.start(settings(sets), Set.of());
    }

    /** Drains the server. */
    void stop() {
        assertThat(server.drain()).as("all is delivered").isTrue();
        end();
    }

    /** Ends the server without a drain, as a crash would as far as the cluster sees. */
    void end() {
        server.close();
        server = null;
    }

    ServerStatus.Reading reading() {
        return server.status().sources().get(SOURCE).reading().orElseThrow();
    }

    ServerStatus.Partition partition(String topic, int number) {
        return reading().partitions().get(topic + "-" + number);
    }

    /** Waits until the server's source is seen like this. */
    ServerStatus.Reading await(Predicate<ServerStatus.Reading> expected) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        ServerStatus.Reading now = reading();
        while (!expected.test(now)) {
            assertThat(System.nanoTime() - deadline).as("still %s", now).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            now = reading();
        }
        return now;
    }

    ServerStatus.Partition awaitPartition(String topic, int number, Predicate<ServerStatus.Partition> expected) {
        String name = topic + "-" + number;
        return await(now -> now.partitions().containsKey(name)
                        && expected.test(now.partitions().get(name)))
                .partitions()
                .get(name);
    }

    /** Waits until so many records were delivered, each once: under a key that came again, a part counts once. */
    void awaitRecords(int count) throws InterruptedException {
        receiver.awaitRecords(count, TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
    }

    /** What was delivered, in order. */
    List<JsonObject> delivered() {
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults().stream().filter(fault -> !fault.startsWith("rule 1")))
                .isEmpty();
        List<JsonObject> delivered = new ArrayList<>();
        delivery.records().forEach(line -> delivered.add(new JsonObject(new String(line.getBytes(ISO_8859_1), UTF_8))));
        return delivered;
    }

    /** The values that were delivered, in order. */
    List<String> values() {
        return delivered().stream().map(envelope -> envelope.getString("value")).toList();
    }

    /** The values that have arrived so far, in any order, while others may be on their way. */
    List<String> arrived() {
        return receiver.parts().stream()
                .flatMap(part -> part.lines().stream())
                .map(line -> new JsonObject(new String(line, UTF_8)).getString("value"))
                .toList();
    }

    /** Sends lines to a TCP source of the server, and returns what it answered. */
    String sendLines(String source, String lines) throws IOException {
        String[] address = server.status().sources().get(source).address().split(":", 2);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.getOutputStream().write(lines.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        receiver.close();
    }
}
