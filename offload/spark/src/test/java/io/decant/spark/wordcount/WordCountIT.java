package io.decant.spark.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.spark.job.LocalSpark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network word count, by Decant and by Spark's DStreams: the same lines in the same batches give the same counts.
 */
@Timeout(180)
class WordCountIT {

    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));
    private static final int LINES_PER_BATCH = 100;
    private static final int LINES_PER_PAGE = 40;
    private static final Pattern LISTENING = Pattern.compile("source lines listens on 127\\.0\\.0\\.1:([0-9]+)");
    private static final long POLL_NANOS = 5_000_000;

    @TempDir
    Path temp;

    @Test
    void shouldCountTheWordsOfEachBatchAsDStreamsDo() throws Exception {
        List<String> lines = text();
        List<List<String>> batches = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += LINES_PER_BATCH) {
            batches.add(lines.subList(from, Math.min(lines.size(), from + LINES_PER_BATCH)));
        }

        List<Map<String, Long>> streamed = DStreamCounts.of(LocalSpark.context(), batches);

        assertThat(streamed).hasSize(batches.size());
        List<Map<String, Long>> counted = decant(lines);
        assertThat(counted).hasSameSizeAs(streamed);
        for (int batch = 0; batch < batches.size(); batch++) {
            assertThat(differences(counted.get(batch), streamed.get(batch)))
                    .as("batch " + batch + ": word, by Decant, by Spark")
                    .isEmpty();
        }
        // Of what makes a difference there is some in what was counted.
        assertThat(streamed.get(0)).containsKeys("", "\t", "naïve", "東京", "😀", "tab\tinside", "e\u0301t\u00e9");
    }

    private List<Map<String, Long>> decant(List<String> lines) throws Exception {
        try (CountReceiver receiver = new CountReceiver()) {
            Path settings = Files.writeString(
                    temp.resolve("decant.yaml"), """
                    shutdown-timeout: 120s
                    sources:
                      lines:
                        type: tcp
                        address: 127.0.0.1:0
                        transforms: [{split: " "}]
                    journal: {segment-size: 16MiB, min-free: 1MiB}
                    batch: {interval: 1h, max-records: %d}
                    sinks:
                      buckets: {type: http, url: "%s/buckets", max-records: 100}
                      counts: {type: http, url: "%s/counts", format: counts, max-records: 100}
                    admin: {address: "127.0.0.1:0"}
                    """.formatted(LINES_PER_BATCH, receiver.url(), receiver.url()));
            Path log = temp.resolve("server.log");
            Process server = new ProcessBuilder(
                            DISTRIBUTION.resolve("bin/decant").toString(), "run", "-c", settings.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try (Socket sender = connected(server, log)) {
                byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
                sender.getOutputStream().write(bytes);
                sender.shutdownOutput();
                assertThat(new String(sender.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("OK " + lines.size() + "\n");
                // The last batch is not full: the shutdown cuts and delivers it.
                server.destroy();
                assertThat(server.waitFor()).as(Files.readString(log)).isZero();
            } finally {
                server.destroyForcibly();
            }
            List<Map<String, Long>> fromBuckets = receiver.countsOfBuckets();
            assertThat(receiver.counts()).isEqualTo(fromBuckets);
            return fromBuckets;
        }
    }

    private static List<String> differences(Map<String, Long> counted, Map<String, Long> streamed) {
        return Stream.concat(counted.keySet().stream(), streamed.keySet().stream())
                .distinct()
                .filter(word -> !Objects.equals(counted.get(word), streamed.get(word)))
                .map(word -> "'" + word + "', " + counted.get(word) + ", " + streamed.get(word))
                .toList();
    }

    private static Socket connected(Process server, Path log) throws IOException {
        while (true) {
            Matcher listening = LISTENING.matcher(Files.readString(log));
            if (listening.find()) {
                return new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listening.group(1)));
            }
            if (!server.isAlive()) {
                throw new AssertionError("the server ended: " + Files.readString(log));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Lines that try what is different between splitting text and splitting bytes, and then what people wrote. */
    private static List<String> text() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "to be or not to be",
                "",
                "  two  in front and  between   three ",
                "\t",
                "tab\tinside a word \t and alone",
                "   ",
                "naïve café e\u0301t\u00e9 été",
                "東京 は 東京 です",
                "😀 😀😀 a\u00a0non-breaking space",
                "Ünïcödé \u2028 separator",
                "'quotes' \"double\" \\back \\u0041 {json: \"x\"}",
                " "));
        try (Stream<Path> pages = Files.list(DISTRIBUTION.resolve("docs"))) {
            for (Path page : Stream.concat(
                            Stream.of(DISTRIBUTION.resolve("README.md"), DISTRIBUTION.resolve("LICENSE")),
                            pages.filter(file -> file.toString().endsWith(".md"))
                                    .sorted())
                    .toList()) {
                lines.addAll(
                        Files.readAllLines(page).stream().limit(LINES_PER_PAGE).toList());
            }
        }
        return lines;
    }
}
