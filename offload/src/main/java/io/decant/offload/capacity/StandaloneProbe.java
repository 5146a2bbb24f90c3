package io.decant.offload.capacity;

import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Asks a standalone master what there is. It speaks Spark's own protocol, so a process with Spark's classes does so:
 * the pages of its web interface may be off, elsewhere, or behind a password.
 */
public final class StandaloneProbe {

    private static final String MAIN = "io.decant.spark.MasterMain";

    private static final Set<String> PASSED_ON = Set.of(
            "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "SPARK_LOCAL_IP", "SPARK_LOCAL_HOSTNAME");

    private StandaloneProbe() {}

    /**
     * Asks, and waits for the answer, for some ten seconds at most where nobody answers; an interrupt ends that.
     *
     * @param jars {@code lib/spark} of the distribution
     * @throws IOException if no master is reached, or none says anything
     */
    public static StandaloneCapacity read(Path jars, MasterQuestion question) throws IOException {
        if (!Files.isDirectory(jars)) {
            throw new IOException("there is no Spark in " + jars + " to ask " + question.master() + " with");
        }
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                        "-cp",
                        jars.resolve("*").toString(),
                        MAIN))
                .redirectError(Redirect.DISCARD);
        builder.environment().keySet().retainAll(PASSED_ON);
        Process process = builder.start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(Json.text(question).getBytes(StandardCharsets.UTF_8));
            }
            byte[] answer = process.getInputStream().readAllBytes();
            return capacity(question, Json.read(new ByteArrayInputStream(answer), MasterAnswer.class));
        } catch (JsonFormatException e) {
            throw new IOException("the process that asks " + question.master() + " has failed", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static StandaloneCapacity capacity(MasterQuestion question, MasterAnswer answer) throws IOException {
        if (!answer.error().isEmpty()) {
            throw new IOException(question.master() + ": " + answer.error());
        }
        return new StandaloneCapacity(answer.workers());
    }
}
