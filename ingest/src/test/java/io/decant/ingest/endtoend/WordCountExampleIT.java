package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/wordcount}, as README says: lines in, counts out. */
@Timeout(120)
class WordCountExampleIT {

    private static final Path EXAMPLE =
            Path.of(System.getProperty("decant.distribution"), "examples/wordcount/decant.yaml");

    @TempDir
    Path folder;

    @Test
    void shouldPrintTheCountsOfTheBatch() throws Exception {
        int port = Ports.next();
        Process server = run("sources.lines.address=127.0.0.1:" + port);
        try {
            await("it listens", server, () -> log().contains("RUNNING"));
            try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), port)) {
                // One write, so that no window ends between the words.
                sender.getOutputStream().write("to be or not to be\n".getBytes(StandardCharsets.US_ASCII));
                sender.shutdownOutput();
                try (InputStream answers = sender.getInputStream()) {
                    assertThat(new String(answers.readAllBytes(), StandardCharsets.US_ASCII))
                            .isEqualTo("OK 1\n");
                }
            }
            assertThatItPrintsTheCounts(server);
        } finally {
            end(server);
        }
    }

    /** As {@code nc -lk} would be one. */
    @Test
    void shouldCountWhatAServerSends() throws Exception {
        try (ServerSocket words = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process server = run("sources.lines.address=", "sources.lines.connect=127.0.0.1:" + words.getLocalPort());
            words.setSoTimeout(60_000);
            try (Socket connection = words.accept()) {
                connection.getOutputStream().write("to be or not to be\n".getBytes(StandardCharsets.US_ASCII));
                assertThatItPrintsTheCounts(server);
            } finally {
                end(server);
            }
        }
    }

    private void assertThatItPrintsTheCounts(Process server) throws IOException {
        await("the counts", server, () -> printed().size() == 5);
        List<String> lines = printed();
        assertThat(lines.get(0)).matches("Time: \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(lines.subList(1, 3)).containsExactlyInAnyOrder("(to,2)", "(be,2)");
        assertThat(lines.subList(3, 5)).containsExactlyInAnyOrder("(or,1)", "(not,1)");
    }

    private Process run(String... sets) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(ServerProcess.DECANT.toString(), "run", "-c", EXAMPLE.toString()));
        for (String set : sets) {
            command.addAll(List.of("--set", set));
        }
        command.addAll(List.of("--set", "data-dir=" + folder.resolve("data"), "--set", "admin.address=127.0.0.1:0"));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("log").toFile())
                .start();
    }

    private static void end(Process server) throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).isZero();
    }

    private List<String> printed() {
        return lines("out");
    }

    private String log() {
        return String.join("\n", lines("log"));
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(folder.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void await(String what, Process server, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (!server.isAlive() || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(60)) {
                throw new AssertionError("in vain awaited: " + what + "\n" + log() + "\n" + printed());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
