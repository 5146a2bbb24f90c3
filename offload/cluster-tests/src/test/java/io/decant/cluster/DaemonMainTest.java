package io.decant.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nothing outlives the test's JVM, however that ends. */
class DaemonMainTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void shouldEndTheDaemonAndWhatItStartedWithTheOtherEndOfItsInput() throws IOException {
        Process daemon = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DaemonMain.class.getName(),
                        Sleeper.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = daemon.inputReader(US_ASCII)) {
            ProcessHandle started =
                    ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            // What the kernel does when a process is killed.
            daemon.getOutputStream().close();
            Await.until("both are gone", PATIENCE, () -> !daemon.isAlive() && !started.isAlive());
        } finally {
            daemon.destroyForcibly();
        }
    }

    /** A daemon that starts a process, as a node manager does, and stays. */
    static final class Sleeper {

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Process started = new ProcessBuilder("sleep", "600").start();
            System.out.println(started.pid());
            started.waitFor();
        }
    }
}
