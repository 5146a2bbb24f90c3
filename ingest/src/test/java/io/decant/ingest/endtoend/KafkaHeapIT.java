package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.decant.harness.BrokerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.CompressionRatioEstimator;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Batches that are small with the broker and large when they are unpacked, read by the real server with the heap that
 * it ships with.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaHeapIT {

    private static final int LETTER_PARTITIONS = 8;
    private static final int LETTERS = 1_000_000;
    private static final int LETTER_RECORDS = 60;
    private static final int LETTER_RECORDS_LONG = 400;
    private static final int LOG_PARTITIONS = 11;
    private static final int LOG_BYTES = 150_000;
    private static final int LOG_RECORDS = 40;
    private static final int LOG_RECORDS_LONG = 2_000;
    /** What a batch of logs may take with the broker; more than any of them does. */
    private static final int LOG_BATCH_BYTES_MAX = 32 << 20;
    /** No batch of logs ends before it is flushed, however slow the machine is. */
    private static final int LINGER_MILLIS = 600_000;
    /** A producer must expect what becomes of the logs, or it would end the batch sooner. */
    private static final float LOG_RATIO = 0.05f;

    private static final int RECORDS = LETTER_PARTITIONS * LETTER_RECORDS
            + LETTER_RECORDS_LONG
            + (LOG_PARTITIONS - 1) * LOG_RECORDS
            + LOG_RECORDS_LONG;

    @TempDir
    Path folder;

    private final AtomicLong received = new AtomicLong();

    /**
     * 8 partitions with 60 records of a megabyte of one letter each, one with 400 of them, one with a single batch of
     * 2,000 records of 150 KB of logs, and 10 with one of 40: 20 partitions at once, and more than a gigabyte.
     */
    @Test
    void shouldReadWhatUnpacksToMoreThanTheHeapFromTwentyPartitionsAtOnce() throws Exception {
        Map<String, String> large = Map.of("message.max.bytes", "67108864", "replica.fetch.max.bytes", "67108864");
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        receiver.createContext("/", this::take);
        receiver.start();
        try (BrokerProcess broker = TestBroker.another(folder.resolve("broker"), large)) {
            broker.createTopic("packed", LETTER_PARTITIONS + 1 + LOG_PARTITIONS);
            send(broker);
            int port = Ports.next();
            ServerProcess server = ServerProcess.start(folder, settings(broker, port, receiver));
            try {
                int acknowledged = 0;
                while (received.get() < RECORDS + acknowledged) {
                    assertThat(server.isAlive()).as(server.log()).isTrue();
                    if (sendALine(port)) {
                        acknowledged++;
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                }
                assertThat(acknowledged).isPositive();
            } finally {
                server.kill();
            }
        } finally {
            receiver.stop(0);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            received.addAndGet(Long.parseLong(exchange.getRequestHeaders().getFirst("Decant-Records")));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** Whether it was acknowledged; false before the server listens. */
    private static boolean sendALine(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("from tcp\n".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("OK 1\n");
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static void send(BrokerProcess broker) {
        byte[] letters = new byte[LETTERS];
        Arrays.fill(letters, (byte) 'a');
        Map<String, Object> properties =
                new HashMap<>(Map.of("compression.type", "gzip", "max.request.size", 2_000_000));
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), properties)) {
            for (int i = 0; i < LETTER_RECORDS; i++) {
                for (int partition = 0; partition < LETTER_PARTITIONS; partition++) {
                    producer.send(new ProducerRecord<>("packed", partition, null, letters));
                }
            }
            for (int i = 0; i < LETTER_RECORDS_LONG; i++) {
                producer.send(new ProducerRecord<>("packed", LETTER_PARTITIONS, null, letters));
            }
        }
        properties.putAll(Map.of(
                "compression.type",
                "zstd",
                "linger.ms",
                LINGER_MILLIS,
                "batch.size",
                LOG_BATCH_BYTES_MAX,
                "buffer.memory",
                4L * LOG_BATCH_BYTES_MAX,
                "max.request.size",
                LOG_BATCH_BYTES_MAX,
                "delivery.timeout.ms",
                2 * LINGER_MILLIS));
        Random random = new Random(1);
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), properties)) {
            for (int i = 0; i < LOG_PARTITIONS; i++) {
                int records = i == 0 ? LOG_RECORDS_LONG : LOG_RECORDS;
                CompressionRatioEstimator.setEstimation("packed", CompressionType.ZSTD, LOG_RATIO);
                for (int j = 0; j < records; j++) {
                    producer.send(new ProducerRecord<>("packed", LETTER_PARTITIONS + 1 + i, null, log(random)));
                }
                producer.flush();
            }
        }
    }

    private static byte[] log(Random random) {
        StringBuilder log = new StringBuilder(LOG_BYTES + 200);
        while (log.length() < LOG_BYTES) {
            log.append("{\"level\":\"INFO\",\"service\":\"checkout\",\"message\":\"order accepted\",\"order\":")
                    .append(random.nextInt(1_000_000))
                    .append(",\"user\":")
                    .append(random.nextInt(100))
                    .append("},");
        }
        return log.toString().getBytes(UTF_8);
    }

    private Path settings(BrokerProcess broker, int port, HttpServer receiver) throws IOException {
        return Files.writeString(folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources:
                  packed: {type: kafka, bootstrap-servers: "%s", topics: [packed]}
                  lines: {type: tcp, address: "127.0.0.1:%d"}
                journal: {min-free: 1MiB}
                batch: {interval: 500ms}
                sinks:
                  api: {type: http, url: "http://127.0.0.1:%d/"}
                admin: {address: "127.0.0.1:0"}
                """.formatted(
                        broker.address(), port, receiver.getAddress().getPort()));
    }
}
