package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop lies on the server's class path for those who need it, and costs nobody else memory or time. */
class HadoopClassesIT {

    private static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin/decant");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path temp;

    @Test
    void shouldLoadNoneWithoutASinkOnHdfs() throws Exception {
        assertThat(hadoopClasses("api: {type: http, url: 'http://127.0.0.1:1/'}"))
                .isEmpty();
    }

    @Test
    void shouldLoadNoneForADiskOfThisMachine() throws Exception {
        String sink = "archive: {type: hdfs, uri: '%s'}"
                .formatted(temp.resolve("archive").toUri());
        assertThat(hadoopClasses(sink)).isEmpty();
        try (Stream<Path> delivered = Files.walk(temp.resolve("archive"))) {
            assertThat(delivered.map(path -> path.getFileName().toString())).contains("part-00000.lines");
        }
    }

    /** The test would see them. */
    @Test
    void shouldLoadSomeForASinkOnHdfs() throws Exception {
        assertThat(hadoopClasses("archive: {type: hdfs, uri: 'hdfs://127.0.0.1:1/'}"))
                .isNotEmpty();
    }

    /** Of a server that takes a record, cuts it, tries to deliver it, and ends. */
    private List<String> hadoopClasses(String sink) throws IOException, InterruptedException {
        Path settings = Files.writeString(temp.resolve("decant.yaml"), """
                data-dir: data
                shutdown-timeout: 3s
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks: {%s}
                admin: {address: "127.0.0.1:0"}
                """.formatted(sink));
        Path classes = temp.resolve("classes");
        Path log = temp.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(DECANT.toString(), "run", "-c", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_OPTS", "-Xlog:class+load:file=" + classes);
        Process server = builder.start();
        try {
            await(server, log, () -> text(log).contains("listens on"));
            String address = text(log).replaceFirst("(?s).*source lines listens on ([0-9.:]+).*", "$1");
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("a\n".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
            server.destroy();
            await(server, log, () -> !server.isAlive());
        } finally {
            server.destroyForcibly().waitFor();
        }
        return Files.readAllLines(classes).stream()
                .filter(line -> line.contains(" org.apache.hadoop."))
                .toList();
    }

    private static void await(Process server, Path log, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s; its log: %s", server, text(log))
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
