package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.ReceivedPart;
import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.receiver.TestReceiver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code kill -9} in the middle of a batch, and a start with other transforms: what is left of the batch has the bodies
 * that it would have had, under the same keys. Records of no batch yet take the new ones.
 */
@Timeout(180)
class ChangedTransformsIT {

    private static final int CUT = 1_000;
    private static final int UNCUT = 500;
    private static final int PART = 40;

    @TempDir
    Path folder;

    private final Map<String, ReceivedRequest> accepted = new LinkedHashMap<>();
    private final Map<String, ReceivedRequest> offered = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int refused;
    private int cameAgain;
    private int partsToAccept;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20})
    void shouldDeliverTheRestOfABatchAsItWasCut(int partsBefore) throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < CUT + UNCUT; i++) {
            lines.add("K" + i % 7 + " only-" + i + (i % 3 == 0 ? "  skipped" : ""));
        }
        int port = Ports.next();
        partsToAccept = partsBefore;
        try (TestReceiver receiver = new TestReceiver(4, this::answer)) {
            Path before = settings(
                    "before.yaml",
                    port,
                    receiver.url(),
                    "1h",
                    "[{split: ' '}, {drop: empty}, {drop: 'regex:^skipped$'}]");
            Path after =
                    settings("after.yaml", port, receiver.url(), "100ms", "[lower, {replace: {regex: ' +', with: _}}]");
            ServerProcess server = ServerProcess.start(folder, before);
            try {
                assertThat(send(server, port, lines)).isEqualTo("OK " + lines.size() + "\n");
                // In the middle of the batch: some parts are delivered, and one of the others was tried.
                await(server, () -> refused > 0);
            } finally {
                server.kill();
            }
            assertThat(accepted).hasSize(partsBefore);

            acceptAll();
            ServerProcess next = ServerProcess.start(folder, after);
            try {
                await(next, () -> records(2) == UNCUT);
            } finally {
                assertThat(next.stop()).isZero();
            }
        }

        assertThat(violations).isEmpty();
        assertThat(cameAgain).isPositive();
        assertThat(delivered(1)).isEqualTo(buckets(lines.subList(0, CUT), line -> Stream.of(line.split(" +"))
                .filter(word -> !word.equals("skipped"))));
        assertThat(delivered(2))
                .isEqualTo(buckets(
                        lines.subList(CUT, CUT + UNCUT),
                        line -> Stream.of(line.toLowerCase(Locale.ROOT).replaceAll(" +", "_"))));
    }

    private Path settings(String file, int port, String url, String interval, String transforms) throws IOException {
        return Files.writeString(folder.resolve(file), """
                data-dir: ./data
                sources:
                  lines:
                    type: tcp
                    address: 127.0.0.1:%d
                    transforms: %s
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: %s, max-records: %d}
                sinks:
                  api: {type: http, url: "%s/buckets", max-records: %d, concurrency: 1, retry-max-delay: 100ms}
                admin: {address: "127.0.0.1:0"}
                """.formatted(port, transforms, interval, CUT, url, PART));
    }

    private static String send(ServerProcess server, int port, List<String> lines) throws IOException {
        while (true) {
            try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), port)) {
                sender.getOutputStream().write((String.join("\n", lines) + "\n").getBytes(US_ASCII));
                sender.shutdownOutput();
                return new String(sender.getInputStream().readAllBytes(), US_ASCII);
            } catch (ConnectException notYet) {
                assertThat(server.isAlive()).as(server.log()).isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private synchronized int answer(ReceivedRequest request) {
        String key = request.part().key();
        ReceivedRequest before = offered.putIfAbsent(key, request);
        if (before != null) {
            cameAgain++;
            if (!before.isSame(request)) {
                violations.add(key + " came again with another content");
            }
        }
        if (partsToAccept == 0) {
            refused++;
            return TestReceiver.RETRY_NOW;
        }
        partsToAccept--;
        accepted.put(key, request);
        return 200;
    }

    private synchronized void acceptAll() {
        partsToAccept = Integer.MAX_VALUE;
        cameAgain = 0;
    }

    private synchronized long records(long batch) {
        return accepted.values().stream()
                .map(ReceivedRequest::part)
                .filter(part -> part.batch() == batch)
                .mapToLong(ReceivedPart::records)
                .sum();
    }

    private void await(ServerProcess server, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (true) {
            synchronized (this) {
                if (condition.getAsBoolean()) {
                    return;
                }
            }
            if (!server.isAlive() || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("in vain awaited: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** What was accepted of a batch, bucket by bucket, in the order of the records. */
    private synchronized List<List<String>> delivered(long batch) {
        TreeMap<Long, TreeMap<Long, List<String>>> parts = new TreeMap<>();
        for (ReceivedRequest request : accepted.values()) {
            if (request.part().batch() == batch) {
                parts.computeIfAbsent((long) request.part().bucket(), bucket -> new TreeMap<>())
                        .put(
                                request.part().first(),
                                request.lines().stream()
                                        .map(line -> new String(line, US_ASCII))
                                        .toList());
            }
        }
        return parts.values().stream()
                .map(bucket -> bucket.values().stream().flatMap(List::stream).toList())
                .toList();
    }

    /** The k-th occurrence goes to bucket k. */
    private static List<List<String>> buckets(List<String> lines, Function<String, Stream<String>> transform) {
        List<List<String>> buckets = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        lines.stream().flatMap(transform).forEach(record -> {
            int bucket = seen.merge(record, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        });
        return buckets;
    }
}
