package io.decant.ingest.endtoend;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postgresql.Driver;

/** The receiver of {@code examples/postgres}, started from its source as its README says. */
final class ReceiverProcess {

    static final Path EXAMPLE = Path.of(System.getProperty("decant.distribution"), "examples/postgres");

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
    private static final int END_SECONDS_MAX = 30;

    private final Process process;

    private ReceiverProcess(Process process) {
        this.process = process;
    }

    /** @param log to which it appends a line for each answer */
    static ReceiverProcess start(int port, String database, Path log) throws IOException, URISyntaxException {
        Path driver = Path.of(
                Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return new ReceiverProcess(new ProcessBuilder(
                        JAVA.toString(),
                        "-cp",
                        driver.toString(),
                        EXAMPLE.resolve("Receiver.java").toString(),
                        Integer.toString(port),
                        database)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    /** What the receivers that wrote to this log answered, a line each, status first. */
    static List<String> answers(Path log) throws IOException {
        return Files.readAllLines(log);
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the receiver did not end within " + END_SECONDS_MAX + " s");
        }
    }
}
