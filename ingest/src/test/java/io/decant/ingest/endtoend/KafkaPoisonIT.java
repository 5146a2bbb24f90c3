package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.BrokerProcess;
import io.vertx.core.json.JsonObject;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.CompressionRatioEstimator;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches that nobody can unpack into the heap that the real server ships with. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaPoisonIT {

    private static final String TOPIC = "packed";
    private static final int PLAIN = 0;
    private static final int LARGE = 1;
    private static final int HEADERS = 2;
    private static final int OLD = 3;
    /** Before what cannot be unpacked, and behind it. */
    private static final int GOOD = 5;
    /** A record, which is nearly all of the heap. */
    private static final int LARGE_BYTES = 200_000_000;

    private static final int LETTERS = 1_000_000;
    /** More than the heap, of records of that many letters. */
    private static final int MANY = 300;

    @TempDir
    Path folder;

    private final int port = Ports.next();
    private final int adminPort = Ports.next();
    private final Receiver receiver;
    /** Whether the server that runs has acknowledged something. */
    private boolean listens;

    KafkaPoisonIT() throws IOException {
        receiver = new Receiver(new Random(0), 0);
    }

    @Test
    void shouldStopThePartitionAndReadEverythingElse() throws Exception {
        Map<String, String> large = Map.of("message.max.bytes", "67108864", "replica.fetch.max.bytes", "67108864");
        try (BrokerProcess broker = TestBroker.another(folder.resolve("broker"), large);
                receiver) {
            broker.createTopic(TOPIC, 4);
            send(broker);
            broker.stop();
            writeOldFormat(folder.resolve("broker/data/" + TOPIC + "-" + OLD + "/00000000000000000000.log"));
            broker.start();
            Set<String> expected = new TreeSet<>();
            for (int partition : new int[] {PLAIN, LARGE, HEADERS}) {
                expected.addAll(good(partition, 0));
            }
            expected.addAll(good(PLAIN, GOOD));

            ServerProcess server = ServerProcess.start(folder, settings(broker));
            try {
                awaitAll(server, expected);
                awaitStopped(server, LARGE, "the batch of offsets 5 to 5 cannot be unpacked: the record at offset 5 ");
                awaitStopped(server, HEADERS, "headers that unpack to ");
                awaitStopped(server, OLD, "the batch at offset 0 takes ");
                sendGood(broker, PLAIN, 2 * GOOD);
                expected.addAll(good(PLAIN, 2 * GOOD));
                awaitAll(server, expected);
                assertThat(server.stop()).isZero();
            } finally {
                server.kill();
            }

            listens = false;
            ServerProcess skipping = ServerProcess.start(folder, settings(broker), "sources.packed.on-corrupt=skip");
            try {
                expected.addAll(good(LARGE, GOOD));
                expected.addAll(good(HEADERS, GOOD));
                awaitAll(skipping, expected);
                assertThat(partition(LARGE).getLong("skipped")).isEqualTo(1);
                assertThat(partition(HEADERS).getLong("skipped")).isEqualTo(MANY);
                assertThat(partition(LARGE).getString("state")).isEqualTo("reading");
            } finally {
                skipping.kill();
            }
        }
    }

    /** A client takes the memory for a record before it looks whether so much is there, and brokers do not look. */
    @Test
    void shouldEndOnceWhereALengthIsNotTrueAndThenStopThePartition() throws Exception {
        try (BrokerProcess broker = TestBroker.another(folder.resolve("broker"), Map.of());
                receiver) {
            broker.createTopic(TOPIC, 2);
            sendGood(broker, PLAIN, 0);
            broker.stop();
            writeFalseLength(folder.resolve("broker/data/" + TOPIC + "-" + LARGE + "/00000000000000000000.log"));
            broker.start();
            ServerProcess ending = ServerProcess.start(folder, settings(broker));
            assertThat(ending.awaitExit()).as(ending.log()).isEqualTo(3);
            for (int start = 0; start < 2; start++) {
                listens = false;
                ServerProcess server = ServerProcess.start(folder, settings(broker));
                try {
                    awaitAll(server, new TreeSet<>(good(PLAIN, 0)));
                    awaitStopped(server, LARGE, "the record at offset 0 unpacks to 2000000010 bytes");
                    assertThat(server.stop()).isZero();
                } finally {
                    server.kill();
                }
            }
        }
    }

    private static void writeFalseLength(Path segment) throws IOException {
        ByteBufferOutputStream packed = new ByteBufferOutputStream(200);
        try (DataOutputStream record =
                new DataOutputStream(Compression.gzip().build().wrapForOutput(packed, RecordBatch.MAGIC_VALUE_V2))) {
            ByteUtils.writeVarint(2_000_000_010, record);
            // Attributes, time, offset and no key.
            record.write(new byte[] {0, 0, 0, 1});
            ByteUtils.writeVarint(2_000_000_000, record);
            record.write(letters(10));
        }
        ByteBuffer batch = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD + packed.position());
        batch.put(DefaultRecordBatch.RECORD_BATCH_OVERHEAD, packed.buffer().array(), 0, packed.position());
        DefaultRecordBatch.writeHeader(
                batch,
                0,
                0,
                batch.capacity(),
                RecordBatch.MAGIC_VALUE_V2,
                CompressionType.GZIP,
                TimestampType.CREATE_TIME,
                1,
                1,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                0,
                1);
        Files.write(segment, batch.array());
    }

    private static List<String> good(int partition, int from) {
        return IntStream.range(from, from + GOOD)
                .mapToObj(i -> partition + " good " + i)
                .collect(Collectors.toList());
    }

    /** Waits until they have arrived, each once, and sends lines meanwhile, which are acknowledged. */
    private void awaitAll(ServerProcess server, Set<String> expected) throws Exception {
        while (!listens || !new TreeSet<>(arrived()).containsAll(expected)) {
            sendALine(server);
        }
        List<String> arrived = arrived();
        assertThat(arrived).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(arrived)).isEqualTo(expected);
    }

    /** The values of topics that have arrived. */
    private List<String> arrived() {
        return receiver.parts().stream()
                .flatMap(part -> part.lines().stream())
                .map(line -> new JsonObject(new String(line, UTF_8)).getString("value"))
                .filter(value -> !value.equals("from tcp"))
                .collect(Collectors.toList());
    }

    private void awaitStopped(ServerProcess server, int partition, String why) throws Exception {
        JsonObject status = partition(partition);
        while (status == null || !status.getString("state").equals("stopped")) {
            sendALine(server);
            status = partition(partition);
        }
        assertThat(status.getString("error")).contains(why).contains("-Xmx");
    }

    private JsonObject partition(int number) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/status"))
                .build();
        String status = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return new JsonObject(status)
                .getJsonObject("sources")
                .getJsonObject("packed")
                .getJsonObject("partitions")
                .getJsonObject(TOPIC + "-" + number);
    }

    /** It is acknowledged, unless the server does not listen yet. */
    private void sendALine(ServerProcess server) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("it took too long: " + server.log());
        }
        assertThat(server.isAlive()).as(server.log()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("from tcp\n".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .as(server.log())
                    .isEqualTo("OK 1\n");
            listens = true;
        } catch (ConnectException e) {
            assertThat(listens).as("it has listened before").isFalse();
        } catch (SocketException e) {
            throw new AssertionError(server.log(), e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private static byte[] letters(int count) {
        byte[] letters = new byte[count];
        Arrays.fill(letters, (byte) 'a');
        return letters;
    }

    private static void send(BrokerProcess broker) {
        for (int partition : new int[] {PLAIN, LARGE, HEADERS}) {
            sendGood(broker, partition, 0);
        }
        Map<String, Object> properties = new HashMap<>(Map.of(
                "compression.type",
                "gzip",
                "linger.ms",
                600_000,
                "delivery.timeout.ms",
                1_200_000,
                "batch.size",
                1 << 24,
                "buffer.memory",
                LARGE_BYTES + (64L << 20),
                "max.request.size",
                LARGE_BYTES + 1_000_000));
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), properties)) {
            producer.send(new ProducerRecord<>(TOPIC, LARGE, null, letters(LARGE_BYTES)));
            producer.flush();
            CompressionRatioEstimator.setEstimation(TOPIC, CompressionType.GZIP, 0.01f);
            Header header = new RecordHeader("h", letters(LETTERS));
            for (int i = 0; i < MANY; i++) {
                producer.send(new ProducerRecord<>(TOPIC, HEADERS, null, null, null, List.of(header)));
            }
            producer.flush();
        }
        for (int partition : new int[] {PLAIN, LARGE, HEADERS}) {
            sendGood(broker, partition, GOOD);
        }
    }

    private static void sendGood(BrokerProcess broker, int partition, int from) {
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), Map.of())) {
            good(partition, from)
                    .forEach(value ->
                            producer.send(new ProducerRecord<>(TOPIC, partition, null, value.getBytes(UTF_8))));
        }
    }

    /** As a broker has it that was once of version 0.10: it gives out what its segments hold. */
    private static void writeOldFormat(Path segment) throws IOException {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1 << 20),
                RecordBatch.MAGIC_VALUE_V1,
                Compression.gzip().build(),
                TimestampType.CREATE_TIME,
                0);
        byte[] letters = letters(LETTERS);
        for (int i = 0; i < MANY; i++) {
            builder.append(new SimpleRecord(1L, null, letters));
        }
        ByteBuffer old = builder.build().buffer();
        byte[] bytes = new byte[old.remaining()];
        old.get(bytes);
        Files.write(segment, bytes);
    }

    private Path settings(BrokerProcess broker) throws IOException {
        return Files.writeString(
                folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources:
                  packed: {type: kafka, bootstrap-servers: "%s", topics: [packed]}
                  lines: {type: tcp, address: "127.0.0.1:%d"}
                journal: {min-free: 1MiB}
                batch: {interval: 100ms}
                sinks:
                  api: {type: http, url: "%s", format: envelope}
                admin: {address: "127.0.0.1:%d"}
                """.formatted(broker.address(), port, receiver.url(), adminPort));
    }
}
