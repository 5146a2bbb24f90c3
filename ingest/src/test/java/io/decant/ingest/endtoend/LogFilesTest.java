package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SettingsLoader;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole files through a real socket into a real HTTP receiver. {@code -Ddecant.data=FOLDER} names a folder of
 * {@code *.log} files; by default the folder {@code ../shared/data} beside the project if it is there. A synthetic log
 * is poured in any case.
 */
class LogFilesTest {

    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> shouldPourEachFileIntoAsFewBucketsAsCanBe() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(DynamicTest.dynamicTest("synthetic", () -> pour("synthetic", synthetic())));
        for (Path file : logs()) {
            String name = file.getFileName().toString();
            tests.add(DynamicTest.dynamicTest(name, () -> pour(name, Files.readAllBytes(file))));
        }
        return tests;
    }

    private static List<Path> logs() throws IOException {
        Path data = Path.of(System.getProperty("decant.data", System.getProperty("decant.root") + "/../shared/data"));
        if (!Files.isDirectory(data)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(data)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * CRLF line ends, bytes that are no UTF-8, empty lines, hot lines, and no newline at the end, as real logs have
     * them.
     */
    private static byte[] synthetic() {
        Random random = new Random(42);
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            int line = random.nextInt(10) == 0 ? 7 : random.nextInt(1_500);
            log.append(line % 50 == 3 ? "" : "level=info line=" + line + " caf\u00e9 \u00ff\u00fe");
            log.append(line % 3 == 0 ? "\r\n" : "\n");
        }
        return log.append("the last one has no newline").toString().getBytes(ISO_8859_1);
    }

    private void pour(String name, byte[] file) throws Exception {
        List<String> sent = lines(file);
        try (Receiver receiver = new Receiver(new Random(1), 0)) {
            Server server = Server.start(
                    SettingsLoader.parse(settings(name, receiver.url()), name, folder, List.of(), Map.of()), Set.of());
            String lastAnswer;
            try {
                String address = server.status().sources().get("lines").address();
                int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
                lastAnswer = send(port, file);
            } finally {
                // The batch's window is an hour, so it is the drain that cuts it: one batch holds the file.
                server.drain();
            }
            assertThat(lastAnswer).isEqualTo("OK " + sent.size());
            assertThat(receiver.violations()).isEmpty();
            Delivery delivery = new Delivery(receiver.parts());
            assertThat(delivery.faults()).isEmpty();
            assertThat(delivery.batches()).isEqualTo(1);
            Map<String, Integer> counts = Delivery.multiset(sent);
            assertThat(delivery.buckets(1)).isEqualTo(Collections.max(counts.values()));
            assertThat(Delivery.multiset(delivery.records())).isEqualTo(counts);
            assertThat(delivery.records()).isEqualTo(poured(sent));
        }
    }

    /** The rule, in so many words: the k-th occurrence goes to bucket k, and buckets keep the order of arrival. */
    private static List<String> poured(List<String> records) {
        List<List<String>> buckets = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String record : records) {
            int bucket = seen.merge(record, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
        return buckets.stream().flatMap(List::stream).toList();
    }

    private static List<String> lines(byte[] file) {
        List<String> lines = new ArrayList<>(List.of(new String(file, ISO_8859_1).split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private static String send(int port, byte[] file) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(file);
            socket.shutdownOutput();
            String[] answers = new String(socket.getInputStream().readAllBytes(), US_ASCII).split("\n", 0);
            return answers[answers.length - 1];
        }
    }

    private static String settings(String name, String url) {
        return """
                data-dir: ./%s
                shutdown-timeout: 30s
                sources:
                  lines: {type: tcp, address: "127.0.0.1:0"}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 1h}
                sinks:
                  api: {type: http, url: "%s", max-records: 300}
                admin: {address: "127.0.0.1:0"}
                """.formatted(name, url);
    }
}
