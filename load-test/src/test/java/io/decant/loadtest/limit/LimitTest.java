package io.decant.loadtest.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LinesFile;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The C program and its stand-in do the same. */
@Timeout(120)
class LimitTest {

    private static final int FILE_BYTES = 8 << 20;
    private static final int SENT_BYTES = 3 * FILE_BYTES;

    @TempDir
    Path temp;

    private Limit limit(String language) {
        Limit limit = language.equals("C") ? Limit.in(temp) : Limit.java();
        assumeThat(limit.name()).as("there is a compiler").isEqualTo(language);
        return limit;
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "Java"})
    void shouldAcknowledgeEveryLineAndStayWithinItsFile(String language) throws Exception {
        Path file = temp.resolve("data");
        requireAcknowledged(limit(language).ingest(file, FILE_BYTES));
        assertThat(Files.size(file)).isEqualTo(FILE_BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "Java"})
    void shouldAcknowledgeEveryLineAndGrowItsFileFromNothing(String language) throws Exception {
        Path file = temp.resolve("data");
        requireAcknowledged(limit(language).grow(file, FILE_BYTES));
        assertThat(Files.size(file)).isLessThan(FILE_BYTES);
    }

    private static void requireAcknowledged(LimitProcess started) throws Exception {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 100, 1 << 20, 1);
        try (LimitProcess process = started) {
            int port = Math.toIntExact(process.line().get("port"));
            try (Flood flood = new Flood(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), pool, FloodOptions.DEFAULT)) {
                flood.start();
                while (flood.sent() * pool.shape().lineBytes() < SENT_BYTES) {
                    flood.requireRunning();
                    LockSupport.parkNanos(1_000_000);
                }
                flood.stop();
                assertThat(flood.acknowledged()).isEqualTo(flood.sent());
            }
            process.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "Java"})
    void shouldCountWhatThereIs(String language) throws Exception {
        Path file = temp.resolve("records");
        Limit limit = limit(language);
        int copies = 25;
        int records = 10_000;
        LinesFile.create(file, RecordShape.STANDARD.withCopies(copies), records, 1)
                .close();
        for (boolean exact : new boolean[] {true, false}) {
            try (LimitProcess process = limit.assign(file, records, exact)) {
                Map<String, Long> counted = process.line();
                process.awaitEnd();
                assertThat(counted)
                        .containsEntry("records", (long) records)
                        .containsEntry("distinct", (long) records / copies)
                        .containsEntry("highest", (long) copies);
                assertThat(counted.get("nanos")).isPositive();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "Java"})
    void shouldSayHowLongSyncsTake(String language) {
        try (LimitProcess process = limit(language).sync(temp.resolve("data"), 1)) {
            Map<String, Long> found = process.line();
            process.awaitEnd();
            assertThat(found.get("count")).isPositive();
            assertThat(found.get("p50")).isPositive().isLessThanOrEqualTo(found.get("p99"));
            assertThat(found.get("p99")).isLessThanOrEqualTo(found.get("max"));
        }
    }

    @Test
    void shouldTakeJavaWhereTheCompilerFails() throws Exception {
        // The compiler cannot write its program over a folder.
        Files.createDirectory(temp.resolve("limit"));
        assertThat(Limit.in(temp).name()).isEqualTo("Java");
    }
}
