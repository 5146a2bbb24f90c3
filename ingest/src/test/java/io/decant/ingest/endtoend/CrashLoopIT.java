package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed again and again, while it starts, recovers, waits or works, must not fill its disk. {@code
 * -Ddecant.crashes=200} is the long form.
 */
class CrashLoopIT {

    private static final int CRASHES = Integer.getInteger("decant.crashes", 10);
    private static final int RECORDS_PER_START = 1_000;
    private static final int RECORD_BYTES = 500;
    private static final long SEGMENT_BYTES = 8L << 20;
    /** Salvage, directories, lock and id. */
    private static final long REST_BYTES = 2L << 20;
    /**
     * What a start that took records leaves beside them, and nothing can release before the sink is back: the head of
     * its segment, its directory, and the framing of its records. A start in which nothing came leaves nothing, unless
     * it cuts what the one before it had no time to cut.
     */
    private static final long START_BYTES = 12 << 10;

    private static final int START_MILLIS_MAX = 3_000;
    private static final long PATIENCE_MILLIS = 120_000;

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("decant.seed", 20261120L));

    @Test
    void shouldLeaveNoMoreDiskInUseThanWhatIsUndeliveredAndTwoSegments() throws Exception {
        int port = Ports.next();
        List<byte[]> records = records();
        try (Receiver receiver = new Receiver(random, 0)) {
            Path away = ServerProcess.settings(folder.resolve("away.yaml"), port, "http://127.0.0.1:" + Ports.next());
            Path back = ServerProcess.settings(folder.resolve("back.yaml"), port, receiver.url());
            SessionClient client = new SessionClient("crashed-1", port, records, Duration.ofHours(2));
            Thread sending = new Thread(client, "session-client");
            sending.start();
            int allowed = 0;
            for (int crash = 0; crash < CRASHES / 2; crash++) {
                allowed = crash(away, client, allowed);
                assertThat(diskBytes())
                        .as("after crash %d, nothing delivered", crash)
                        .isLessThan((long) allowed * RECORD_BYTES
                                + 2L * (allowed / RECORDS_PER_START) * START_BYTES
                                + 2 * SEGMENT_BYTES
                                + REST_BYTES);
            }
            for (int crash = CRASHES / 2; crash < CRASHES; crash++) {
                allowed = crash(back, client, allowed);
            }
            client.allow(records.size());
            ServerProcess server = ServerProcess.start(folder, back);
            sending.join();
            assertThat(client.violation()).isEmpty();
            receiver.awaitRecords(records.size(), PATIENCE_MILLIS);
            awaitDiskBytesBelow(2 * SEGMENT_BYTES + REST_BYTES);
            server.kill();
            for (int crash = 0; crash < 3; crash++) {
                ServerProcess idle = ServerProcess.start(folder, back);
                awaitDiskBytesBelow(2 * SEGMENT_BYTES + REST_BYTES);
                idle.kill();
            }
            verify(receiver, records);
        }
    }

    /** Starts a server and kills it: anywhere in its start, with nothing sent, or when it has taken some records. */
    private int crash(Path settings, SessionClient client, int allowedBefore) throws Exception {
        ServerProcess server = ServerProcess.start(folder, settings);
        int allowed = allowedBefore;
        if (random.nextInt(3) == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(START_MILLIS_MAX)));
        } else {
            allowed += RECORDS_PER_START;
            client.allow(allowed);
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            while (client.acknowledged() < allowed) {
                assertThat(client.violation()).isEmpty();
                assertThat(server.isAlive() && System.nanoTime() - deadline < 0)
                        .as("%d acknowledged, %d sent; server: %s", client.acknowledged(), allowed, server.log())
                        .isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
        }
        server.kill();
        return allowed;
    }

    private void awaitDiskBytesBelow(long bytes) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (diskBytes() >= bytes) {
            assertThat(System.nanoTime() - deadline)
                    .as("%d bytes in use though nothing is undelivered", diskBytes())
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Disk space that is really taken: segments are longer than what is allocated of them. */
    private long diskBytes() throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "-sk", folder.resolve("data").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String text = new String(du.getInputStream().readAllBytes(), US_ASCII);
        du.waitFor();
        // Before the first server made it, it is not there. Files may go away under du, which then says so and goes on.
        return text.isEmpty() ? 0 : Long.parseLong(text.substring(0, text.indexOf('\t'))) * 1024;
    }

    private static void verify(Receiver receiver, List<byte[]> sent) {
        assertThat(receiver.violations()).isEmpty();
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        List<String> expected =
                sent.stream().map(record -> new String(record, ISO_8859_1)).toList();
        assertThat(Delivery.multiset(delivery.records())).isEqualTo(Delivery.multiset(expected));
    }

    private static List<byte[]> records() {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < CRASHES * RECORDS_PER_START; i++) {
            String number = Integer.toString(i);
            records.add((number + "x".repeat(RECORD_BYTES - 1 - number.length())).getBytes(ISO_8859_1));
        }
        return records;
    }
}
