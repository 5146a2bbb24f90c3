package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large batches on Spark in a process of its own: with {@code kill -9} of that, and of the server, while a job runs.
 */
class LocalOffloadKillIT {

    private static final int RECORDS = 90_000;
    private static final int PORTION = RECORDS / 3;
    private static final int KEYS = 10_000;
    private static final int FAULT_PERCENT = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private ServerProcess server;

    @Test
    @Timeout(value = 280, unit = TimeUnit.SECONDS)
    void shouldDeliverOnceThoughDriverAndServerAreKilledWhileTheySplitABatch() throws Exception {
        int port = Ports.next();
        Random random = new Random(20261121);
        List<byte[]> records = records(random);
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT)) {
            Path settings = settings(port, receiver.url());
            SessionClient client = new SessionClient("offloaded-1", port, records, Duration.ofMinutes(4));
            Thread sending = new Thread(client, "session-client");
            sending.start();
            server = ServerProcess.start(folder, settings);

            client.allow(PORTION);
            ProcessHandle driver = driverAtWork();
            driver.destroyForcibly();
            // Nobody waits for Spark but the sink.
            client.allow(2 * PORTION);
            await("acknowledged without a driver", () -> client.acknowledged() >= 2L * PORTION);
            ProcessHandle next = driverAtWork();
            assertThat(next.pid()).isNotEqualTo(driver.pid());
            server.kill();
            await("the driver ends with its server", () -> !next.isAlive());

            server = ServerProcess.start(folder, settings);
            client.allow(RECORDS);
            sending.join();
            assertThat(client.violation()).isEmpty();
            assertThat(client.isDone()).as("all acknowledged: " + server.log()).isTrue();
            receiver.becomeHealthy();
            receiver.awaitRecords(RECORDS, PATIENCE.toMillis());
            await("nothing is left of what was staged", () -> staged().isEmpty());
            assertThat(status().getJsonArray("batches").encode()).contains("\"where\":\"spark\"");
            List<ProcessHandle> children = server.children();
            assertThat(server.stop()).as(server.log()).isZero();
            assertThat(folder.resolve("data/spark-scratch")).doesNotExist();
            await("no process is left", () -> children.stream().noneMatch(ProcessHandle::isAlive));
            verify(receiver, records);
        }
    }

    private Path settings(int port, String url) throws IOException {
        return Files.writeString(folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources: {lines: {type: tcp, address: "127.0.0.1:%d", session: required}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 1s}
                offload: {above: 256KiB, master: "local[2]", driver-memory: 512MiB}
                sinks: {api: {type: http, url: "%s", max-records: 2000, retry-max-delay: 200ms}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(port, url));
    }

    /** Waits until a job runs. */
    private ProcessHandle driverAtWork() {
        await("a job runs", () -> {
            JsonObject offload = status().getJsonObject("offload", new JsonObject());
            return "running".equals(offload.getString("state")) && offload.getInteger("stage") > 0;
        });
        return server.children().stream()
                .filter(child -> child.info().commandLine().orElse("").contains("DriverMain"))
                .findFirst()
                .orElseThrow();
    }

    /** Empty while the server cannot be asked. */
    private JsonObject status() {
        try {
            String address =
                    Files.readString(folder.resolve("data/admin.address")).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/status"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return new JsonObject(CLIENT.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return new JsonObject();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not so after " + PATIENCE + ": " + what + "; server: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private List<Path> staged() {
        try (Stream<Path> all = Files.walk(folder.resolve("data/staging"))) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException | UncheckedIOException e) {
            // It goes while it is looked at.
            return List.of(folder);
        }
    }

    private static void verify(Receiver receiver, List<byte[]> sent) {
        assertThat(receiver.violations()).isEmpty();
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        List<String> expected =
                sent.stream().map(record -> new String(record, ISO_8859_1)).toList();
        assertThat(Delivery.multiset(delivery.records())).isEqualTo(Delivery.multiset(expected));
    }

    private static List<byte[]> records(Random random) {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            int key = random.nextInt(100) == 0 ? random.nextInt(5) : random.nextInt(KEYS);
            records.add(("user-" + key + " did something that takes a line of an ordinary length to tell")
                    .getBytes(ISO_8859_1));
        }
        return records;
    }
}
