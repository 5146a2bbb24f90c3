package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command says and cannot write is a failure of the command, whichever it is. */
class OutputIT {
    private static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin/decant");
    private static final Path FULL = Path.of("/dev/full");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String FULL_DISK = "decant: cannot write to standard output: No space left on device; ";

    @TempDir
    static Path temp;

    /** A server that has been there leaves a journal to look into. */
    @BeforeAll
    static void makeAJournal() throws Exception {
        Files.writeString(temp.resolve("lines.txt"), "a\nb\na\n");
        Files.writeString(temp.resolve("decant.yaml"), """
                data-dir: data
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                sinks: {api: {type: http, url: "http://127.0.0.1:1/"}}
                admin: {address: "127.0.0.1:0"}
                """);
        Files.writeString(temp.resolve("wrong.yaml"), "sources: {}\n");
        Shell.Running server = new Shell(temp).start(DECANT, "run", "-c", "decant.yaml");
        try {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!Files.readString(server.err()).contains("listens on")) {
                assertThat(System.nanoTime() - deadline)
                        .as(Files.readString(server.err()))
                        .isNegative();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            server.process().destroy();
            assertThat(server.end().status()).isZero();
        } finally {
            server.kill();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "--help",
                "plan --help",
                "demo --help",
                "run --help",
                "dlq list --help",
                "journal --version",
                "plan lines.txt",
                "validate -c decant.yaml",
                "dlq list -c decant.yaml",
                "dlq list -c decant.yaml --json",
                "dlq replay -c decant.yaml",
                "journal inspect -c decant.yaml",
                "journal inspect -c decant.yaml --json",
                "journal verify -c decant.yaml",
                "journal verify -c decant.yaml --json",
                "journal repair -c decant.yaml --dry-run",
                "journal repair -c decant.yaml --json",
                "demo --seconds 1",
            })
    void shouldFailWhereTheDiskIsFull(String command) throws Exception {
        Path err = Files.createTempFile(temp, "stderr", ".txt");
        Process process = new ProcessBuilder(words(command))
                .directory(temp.toFile())
                .redirectOutput(FULL.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(1);
        assertThat(err).content().doesNotContain("\tat ");
        assertThat(Files.readAllLines(err).stream().filter(line -> line.startsWith("decant: ")))
                .singleElement()
                .asString()
                .startsWith(FULL_DISK);
    }

    @Test
    void shouldFailWhereNobodyReadsThePipe() {
        Shell.Ended ended = new Shell(temp)
                .run(
                        "sh",
                        "-c",
                        "{ until [ -e closed ]; do sleep 0.01; done; \"$0\" plan lines.txt; echo $? >status; }"
                                + " | { exec <&-; : >closed; }",
                        DECANT);
        assertThat(ended.err()).startsWith("decant: cannot write to standard output: Broken pipe; ");
        assertThat(temp.resolve("status")).content().isEqualTo("1\n");
    }

    @Test
    void shouldFailWhereThereIsNoOutput() {
        Shell.Ended ended = new Shell(temp).run("sh", "-c", "exec \"$0\" --version >&-", DECANT);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).startsWith("decant: cannot write to standard output: ");
    }

    /** The logs of a server are not its output: where they cannot be written it goes on. */
    @Test
    void shouldKeepItsStatusWhereOnlyErrorsAreLost() throws IOException, InterruptedException {
        for (String command : List.of("plan lines.txt", "validate -c wrong.yaml")) {
            Process process = new ProcessBuilder(words(command))
                    .directory(temp.toFile())
                    .redirectOutput(temp.resolve("stdout").toFile())
                    .redirectError(FULL.toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(command).isEqualTo(command.startsWith("plan") ? 0 : 78);
        }
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>(List.of(DECANT.toString()));
        words.addAll(List.of(command.split(" ")));
        return words;
    }
}
