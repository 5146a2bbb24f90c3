package io.decant.loadtest.powercut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the script starts finds its classes. The disk that forgets is no part of this project, nor of this test. */
class PowerCutScriptIT {

    /** Stands where the harness does: says where the receiver is, and ends when it is told to. */
    private static final String HARNESS = """
            printf '%s' "$RECEIVER_PORT" >"$TRY/port.tmp" && mv "$TRY/port.tmp" "$TRY/port"
            until [ -f "$TRY/over" ]; do sleep 0.1; done
            """;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void shouldReportWhatItsReceiverTook() throws Exception {
        Path script = Path.of(System.getProperty("decant.root"), "load-test/src/main/scripts/power-cuts.sh");
        Files.writeString(folder.resolve("powercut.sh"), HARNESS);
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                script.toString(),
                folder.toString(),
                "--fs",
                "strict",
                "--distribution",
                System.getProperty("decant.distribution"));
        builder.environment().put("TRY", folder.toString());
        builder.environment().put("TMPDIR", folder.toString());
        Process running = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            Path port = folder.resolve("port");
            while (!Files.exists(port) && running.isAlive()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            assumeThat(Files.readString(output)).doesNotStartWith("skipped: ");
            send(Integer.parseInt(Files.readString(port)));
        } finally {
            Files.createFile(folder.resolve("over"));
            running.waitFor();
        }
        assertThat(Files.readString(output)).startsWith("1 records delivered in 1 batches, ");
        assertThat(running.exitValue()).isZero();
    }

    /** Until it is taken: now and then the receiver refuses. */
    private static void send(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/buckets"))
                .header("Idempotency-Key", "a")
                .header("Decant-Batch", "1")
                .header("Decant-Bucket", "0")
                .header("Decant-Buckets", "1")
                .header("Decant-First", "0")
                .header("Decant-Records", "1")
                .header("Decant-Window", "w")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Workload.line(0, 0)))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        int status = 0;
        while (status != 200) {
            status = client.send(request, BodyHandlers.discarding()).statusCode();
            assertThat(List.of(200, 500, 503)).contains(status);
        }
    }
}
