package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of real servers with an HTTP source, while requests are under way: of clients with keys and sessions,
 * and of another Decant. Each record is there once. {@code -Ddecant.kills=20} is the long form.
 */
class HttpKillIT {

    private static final int KILLS = Integer.getInteger("decant.kills", 6);
    private static final int BODIES_A_KILL = 20;
    private static final int LINES_MAX = 100;
    /** More than one entry of the journal. */
    private static final int LINES_OF_LARGE = 25_000;

    private static final int FAULT_PERCENT = 5;
    private static final long PATIENCE_MILLIS = 120_000;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldTakeEachRecordOnceUnderKeysAndSessions() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261130L));
        List<List<String>> bodies = List.of(bodies(0, random), bodies(1, random), bodies(2, random));
        int port = Ports.next();
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT);
                HttpClients clients = new HttpClients(
                        port, List.of(HttpClients.Way.KEY, HttpClients.Way.KEY, HttpClients.Way.SESSION), bodies)) {
            Path settings = settings("decant", port, receiver.url());
            for (int kill = 1; kill <= KILLS; kill++) {
                ServerProcess server = ServerProcess.start(folder, settings);
                clients.allow(kill * BODIES_A_KILL);
                await(clients, bodies.size() * ((kill - 1) * BODIES_A_KILL + random.nextInt(BODIES_A_KILL)), server);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(100_000)));
                server.kill();
            }
            clients.allow(Integer.MAX_VALUE);
            receiver.becomeHealthy();
            ServerProcess server = ServerProcess.start(folder, settings);
            await(clients, bodies.size() * bodies.get(0).size(), server);
            clients.join();
            verify(receiver, bodies, server);
            assertThat(clients.repeats()).as("requests sent again").isPositive();
            assertThat(server.stop()).as(server.log()).isZero();
        }
    }

    /** The key of the first one's sink is the key of the second one's source. */
    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldDeliverOnceThroughTwoServersOfWhichBothAreKilled() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261201L));
        List<List<String>> bodies = List.of(bodies(0, random), bodies(1, random));
        int port = Ports.next();
        int between = Ports.next();
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT);
                HttpClients clients =
                        new HttpClients(port, List.of(HttpClients.Way.KEY, HttpClients.Way.SESSION), bodies)) {
            Path first = settings("first", port, "http://127.0.0.1:" + between + "/");
            Path second = settings("second", between, receiver.url());
            ServerProcess one = ServerProcess.start(folder, first);
            ServerProcess two = ServerProcess.start(folder, second);
            for (int kill = 1; kill <= KILLS; kill++) {
                clients.allow(kill * BODIES_A_KILL);
                await(clients, bodies.size() * ((kill - 1) * BODIES_A_KILL + random.nextInt(BODIES_A_KILL)), one);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300_000)));
                if (kill % 2 == 0) {
                    one.kill();
                    one = ServerProcess.start(folder, first);
                } else {
                    two.kill();
                    two = ServerProcess.start(folder, second);
                }
            }
            clients.allow(Integer.MAX_VALUE);
            receiver.becomeHealthy();
            await(clients, bodies.size() * bodies.get(0).size(), one);
            clients.join();
            verify(receiver, bodies, two);
            assertThat(one.stop()).as(one.log()).isZero();
            assertThat(two.stop()).as(two.log()).isZero();
        }
    }

    private Path settings(String name, int port, String url) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                name: %s
                data-dir: ./data-%s
                sources:
                  in:
                    type: http
                    address: 127.0.0.1:%d
                journal:
                  segment-size: 16MiB
                  min-free: 1MiB
                batch:
                  interval: 100ms
                sinks:
                  api:
                    type: http
                    url: %s
                    max-records: 2000
                    retry-max-delay: 200ms
                admin:
                  address: 127.0.0.1:0
                """.formatted(name, name, port, url));
    }

    private static void await(HttpClients clients, int goal, ServerProcess server) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (clients.taken() < goal && clients.violation().isEmpty()) {
            if (System.nanoTime() - deadline > 0 || !server.isAlive()) {
                throw new AssertionError("only " + clients.taken() + " of " + goal + " bodies: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(clients.violation()).isEmpty();
    }

    private static void verify(Receiver receiver, List<List<String>> bodies, ServerProcess server) throws Exception {
        List<String> expected = new ArrayList<>();
        bodies.forEach(own -> own.forEach(body -> expected.addAll(body.lines().toList())));
        try {
            receiver.awaitRecords(expected.size(), PATIENCE_MILLIS);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; server: " + server.log(), e);
        }
        assertThat(receiver.violations()).isEmpty();
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        // Every line is another one, so that one that is there twice shows.
        List<String> delivered = new ArrayList<>(delivery.records());
        delivered.sort(null);
        expected.sort(null);
        assertThat(delivered).hasSameSizeAs(expected);
        assertThat(delivered.equals(expected)).isTrue();
    }

    private static List<String> bodies(int client, Random random) {
        List<String> bodies = new ArrayList<>();
        int line = 0;
        for (int i = 0; i < BODIES_A_KILL * (KILLS + 1); i++) {
            int lines = i % BODIES_A_KILL == BODIES_A_KILL / 2 ? LINES_OF_LARGE : 1 + random.nextInt(LINES_MAX);
            StringBuilder body = new StringBuilder();
            for (int l = 0; l < lines; l++) {
                body.append("client-")
                        .append(client)
                        .append(" record-")
                        .append(line++)
                        .append(" takes a line of an ordinary length to tell\n");
            }
            bodies.add(body.toString());
        }
        return bodies;
    }
}
