package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs of a user's own, with a real server and Spark in processes of its own: what they write is there once for each
 * batch, whatever is killed.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LocalJobsIT {

    /** A driver takes more than a minute to start where other tests load the machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /**
     * Notes each of its runs outside of its output, which happens at least once, and does what files beside the settings
     * ask for: fail while there is a file {@code fail-N}, of which it takes one each time, or hang.
     */
    private static final String JOB = """
            import io.decant.job.Batch;
            import io.decant.job.BatchJob;
            import java.io.Serializable;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.nio.file.StandardOpenOption;
            import org.apache.spark.api.java.JavaSparkContext;

            public class Job implements BatchJob {
                /** Comes back from tasks, so that Spark's own threads must find it. */
                public static final class Line implements Serializable {
                    final String text;
                    Line(String text) { this.text = text; }
                }

                public void run(JavaSparkContext spark, Batch batch) throws Exception {
                    Path folder = Path.of(batch.settings().get("folder"));
                    Files.writeString(folder.resolve("runs"), "VERSION " + batch.id() + "\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    batch.lines().map(Line::new).map(line -> "VERSION " + line.text).saveAsTextFile(batch.output());
                    int lines = batch.lines().map(Line::new).collect().size();
                    Files.writeString(Path.of(java.net.URI.create(batch.output())).resolve("count"), "" + lines);
                    for (int i = 0; i < 10; i++) {
                        if (Files.deleteIfExists(folder.resolve("fail-" + i))) {
                            throw new IllegalStateException("asked to fail " + i + "\\nsecond line");
                        }
                    }
                    while (Files.exists(folder.resolve("hang"))) {
                        Thread.sleep(50);
                    }
                }
            }
            """;

    private static final String GREEDY = """
            import io.decant.job.Batch;
            import io.decant.job.BatchJob;
            import org.apache.spark.api.java.JavaSparkContext;

            public class Greedy implements BatchJob {
                public void run(JavaSparkContext spark, Batch batch) {
                    java.util.List<byte[]> all = new java.util.ArrayList<>();
                    while (true) {
                        all.add(new byte[1 << 20]);
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private int port;
    private ServerProcess server;

    @BeforeEach
    void compile() throws IOException {
        port = Ports.next();
        compile("one");
    }

    private void compile(String version) throws IOException {
        CompiledJob.write(folder, folder.resolve("job.jar"), "Job", JOB.replace("VERSION", version));
    }

    @AfterEach
    void kill() throws InterruptedException {
        if (server != null && server.isAlive()) {
            server.kill();
        }
    }

    @Test
    void shouldWriteEachBatchOnceThoughJobsFailAndAreRebuilt() throws Exception {
        server = ServerProcess.start(folder, settings(""));
        send("a", "b", "a");
        awaitBatches(1);
        assertThat(sink("words").fieldNames()).contains("lastRun").doesNotContain("predicted", "progress");
        JsonObject lastRun = sink("words").getJsonObject("lastRun");
        assertThat(lastRun.getLong("batch")).isEqualTo(1);
        assertThat(lastRun.getString("predicted"))
                .matches("1 task = [0-9]+ B / [0-9]+ B on 1 executor of 2 cores: 1 at a time, 1 wave");
        assertThat(lastRun.getJsonArray("stages").stream().map(Object::toString))
                .satisfiesExactly(
                        first -> assertThat(first).matches("stage 1  .*saveAsTextFile  1 task = .* 1 wave  .* s"),
                        second -> assertThat(second).startsWith("stage 2  "),
                        last -> assertThat(last).isEqualTo("executors reused between the stages: 1 of 1"));
        send("c");
        awaitBatches(2);
        assertThat(sink("words").getJsonObject("lastRun").getLong("batch")).isEqualTo(2);
        assertThat(server.children().stream().filter(LocalJobsIT::isDriver)).hasSize(1);

        for (int i = 0; i < 3; i++) {
            Files.createFile(folder.resolve("fail-" + i));
        }
        send("d", "e");
        await("the sink is failing", () -> "failing".equals(sink("words").getString("state")));
        assertThat(sink("words").getString("lastError"))
                .startsWith("batch 3: java.lang.IllegalStateException: asked to fail")
                .doesNotContain("second line")
                .contains("(log: " + folder.resolve("data/jobs/words/driver.log") + ")");
        awaitBatches(3);
        assertThat(runs().stream().filter(run -> run.endsWith("-3"))).hasSize(4);
        assertThat(Files.readString(folder.resolve("data/jobs/words/driver.log")))
                .contains("asked to fail 0", "at Job.run(Job.java:");

        compile("two");
        send("f");
        awaitBatches(4);
        assertThat(outputs().stream().map(LocalJobsIT::text))
                .containsExactly("one a\none b\none a\n", "one c\n", "one d\none e\n", "two f\n");
        List<JsonObject> manifests =
                outputs().stream().map(LocalJobsIT::manifest).toList();
        for (int i = 0; i < 4; i++) {
            JsonObject manifest = manifests.get(i);
            assertThat(manifest.getString("id")).matches("edge-1-[0-9a-f]{8}-words-" + (i + 1));
            assertThat(manifest.getString("class")).isEqualTo("Job");
        }
        assertThat(manifests.stream().map(manifest -> manifest.getLong("records")))
                .containsExactly(3L, 1L, 2L, 1L);
        assertThat(hash(manifests.get(0))).isEqualTo(hash(manifests.get(2))).isNotEqualTo(hash(manifests.get(3)));
        send("g");
        awaitBatches(5);
        await("the first jar is removed", () -> names(folder.resolve("data/jars"))
                .equals(List.of(hash(manifests.get(3)))));
        assertThat(server.stop()).as(server.log()).isZero();
        verifyThatNothingIsLeft();
    }

    @Test
    void shouldWriteEachBatchOnceThoughDriverAndServerAreKilled() throws Exception {
        server = ServerProcess.start(folder, settings(""));
        send("a");
        awaitBatches(1);
        Path hang = Files.createFile(folder.resolve("hang"));
        send("b", "c");
        ProcessHandle driver = driverIn(2);
        await("how far the job is", () -> sink("words").getValue("progress") instanceof JsonObject);
        driver.destroyForcibly();
        await("the job runs again", () -> runs().size() == 3);
        assertThat(sink("words").getString("state")).isEqualTo("failing");
        ProcessHandle next = driverIn(2);
        assertThat(next.pid()).isNotEqualTo(driver.pid());
        server.kill();
        server = ServerProcess.start(folder, settings(""));
        await("the job runs once more", () -> runs().size() == 4);
        Files.delete(hang);
        awaitBatches(2);
        send("d");
        awaitBatches(3);

        assertThat(outputs().stream().map(LocalJobsIT::text)).containsExactly("one a\n", "one b\none c\n", "one d\n");
        await("the driver ends with its server", () -> !next.isAlive());
        assertThat(server.stop()).as(server.log()).isZero();
        verifyThatNothingIsLeft();
    }

    /** The salt of json-hash is the server's, and the batch is hashed where Spark runs. */
    @Test
    void shouldEndAJobAfterItsTimeoutAndHashRecordsWithTheServersSalt() throws Exception {
        Path hang = Files.createFile(folder.resolve("hang"));
        server = ServerProcess.start(
                folder,
                settings(""),
                Map.of("DECANT_HASH_SALT", "pepper"),
                List.of("--set", "sinks.words.timeout=15s", "--set", "sources.lines.transforms=[json-hash: [/user]]"));
        send("{\"user\":\"ann\"}");
        await("the sink is failing", () -> sink("words")
                .getString("lastError", "")
                .startsWith("batch 1: the job was ended after its timeout of 15.0 s (log: "));
        Files.delete(hang);
        awaitBatches(1);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("pepperann".getBytes(ISO_8859_1));
        assertThat(text(outputs().get(0)))
                .isEqualTo("one {\"user\":\"" + HexFormat.of().formatHex(hash) + "\"}\n");
        assertThat(server.stop()).as(server.log()).isZero();
        verifyThatNothingIsLeft();
    }

    @Test
    void shouldGoOnThoughTheJobOfAnotherSinkExhaustsItsMemory() throws Exception {
        CompiledJob.write(folder, folder.resolve("greedy.jar"), "Greedy", GREEDY);
        server = ServerProcess.start(folder, settings("""
                  greedy: {type: spark, class: Greedy, jars: [greedy.jar], uri: "file://%s"}
                """.formatted(folder.resolve("greedy"))));
        send("a");
        awaitBatches(1);
        await(
                "the greedy driver has died",
                () -> sink("greedy").getString("lastError", "").contains("OutOfMemoryError"));
        send("b");
        awaitBatches(2);
        assertThat(sink("greedy").getLong("batch")).isZero();
        assertThat(sink("words").getLong("retries")).isZero();
        assertThat(names(folder.resolve("greedy"))).doesNotContain("server=edge-1");
    }

    private Path settings(String moreSinks) throws IOException {
        return Files.writeString(
                folder.resolve("decant.yaml"), """
                name: edge-1
                data-dir: ./data
                sources: {lines: {type: tcp, address: "127.0.0.1:%d"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 100ms}
                offload: {master: "local[2]", driver-memory: 512MiB}
                admin: {address: "127.0.0.1:0"}
                sinks:
                  words: {type: spark, class: Job, jars: [job.jar], uri: "file://%s", settings: {folder: "%s"}}
                """.formatted(port, folder.resolve("out"), folder) + moreSinks);
    }

    /** Sends lines, which make a batch, and returns when they are acknowledged. */
    private void send(String... lines) {
        await("the source listens", () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write((String.join("\n", lines) + "\n").getBytes(ISO_8859_1));
                socket.shutdownOutput();
                String answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
                assertThat(answer).isEqualTo("OK " + lines.length);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private void awaitBatches(int batches) {
        await(batches + " batches are there", () -> sink("words").getLong("batch", 0L) == batches);
        assertThat(outputs()).hasSize(batches);
    }

    /** The process in which a batch is being run. */
    private ProcessHandle driverIn(int batch) {
        await("a job runs", () -> runs().stream().anyMatch(run -> run.endsWith("-" + batch)));
        return server.children().stream()
                .filter(LocalJobsIT::isDriver)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isDriver(ProcessHandle child) {
        return child.info().commandLine().orElse("").contains("DriverMain");
    }

    private List<String> runs() {
        try {
            Path runs = folder.resolve("runs");
            return Files.exists(runs) ? Files.readAllLines(runs) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Directories of batches, in their order. */
    private List<Path> outputs() {
        try (Stream<Path> all = Files.walk(folder.resolve("out"))) {
            return all.filter(path -> path.getFileName().toString().matches("batch-[0-9a-f]{8}-[0-9]{12}"))
                    .sorted((one, other) -> one.getFileName().compareTo(other.getFileName()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path output) {
        StringBuilder text = new StringBuilder();
        for (String name : names(output)) {
            if (name.startsWith("part-")) {
                text.append(read(output.resolve(name)));
            }
        }
        assertThat(read(output.resolve("count")))
                .isEqualTo("" + text.chars().filter(each -> each == '\n').count());
        return text.toString();
    }

    private static JsonObject manifest(Path output) {
        return new JsonObject(read(output.resolve("_manifest.json")));
    }

    private static String hash(JsonObject manifest) {
        JsonArray jars = manifest.getJsonArray("jars");
        assertThat(jars).hasSize(1);
        assertThat(jars.getJsonObject(0).getString("name")).isEqualTo("job.jar");
        return jars.getJsonObject(0).getString("sha256");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path directory) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void verifyThatNothingIsLeft() throws IOException {
        assertThat(names(folder.resolve("out"))).containsExactly("server=edge-1");
        assertThat(names(folder.resolve("data/jobs/words"))).containsExactly("driver.log");
        List<Path> staged = new ArrayList<>();
        if (Files.exists(folder.resolve("data/staging"))) {
            try (Stream<Path> all = Files.walk(folder.resolve("data/staging"))) {
                all.filter(Files::isRegularFile).forEach(staged::add);
            }
        }
        assertThat(staged).isEmpty();
    }

    private JsonObject sink(String name) {
        try {
            String address =
                    Files.readString(folder.resolve("data/admin.address")).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/status"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return new JsonObject(CLIENT.send(request, BodyHandlers.ofString()).body())
                    .getJsonObject("sinks")
                    .getJsonObject(name);
        } catch (IOException e) {
            return new JsonObject();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not so after " + PATIENCE + ": " + what + "; words: "
                        + sink("words").encode() + "; server: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
