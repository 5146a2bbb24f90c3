package io.decant.cluster;

import io.decant.ingest.endtoend.Ports;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code decant run} of the distribution, a process of its own, with a source and an admin address on ports that it
 * keeps.
 */
final class DecantServer implements AutoCloseable {

    /** A variable that settings may refer to, which is nobody's business but the server's. */
    static final String SECRET = "DECANT_TEST_TOKEN";

    static final String SECRET_VALUE = "hunter2";

    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int END_SECONDS_MAX = 60;
    private static final int LOG_LINES = 60;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Path folder;
    private final int port;
    private final int adminPort;
    private Process process;

    private DecantServer(Path folder, int port, int adminPort) {
        this.folder = folder;
        this.port = port;
        this.adminPort = adminPort;
    }

    /**
     * Starts it, and returns when it is ready.
     *
     * @param folder of its settings, data and log; empty, or that of a server before
     * @param settings all sections but {@code sources}, {@code admin} and {@code data-dir}
     */
    static DecantServer start(Path folder, String settings) throws IOException {
        DecantServer server = new DecantServer(folder, Ports.next(), Ports.next());
        Files.writeString(folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources: {lines: {type: tcp, address: "127.0.0.1:%d"}}
                admin: {address: "127.0.0.1:%d"}
                """.formatted(server.port, server.adminPort) + settings);
        server.start();
        return server;
    }

    /** Starts it again, where it was killed or stopped. */
    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Command.DECANT.toString(), "run", "-c", settings().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put(SECRET, SECRET_VALUE);
        process = builder.start();
        Await.until("the server is ready", START_MAX, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the server has ended:\n" + lastLines());
            }
            return get("/readyz").statusCode() == 200;
        });
    }

    /** The file of its settings. */
    Path settings() {
        return folder.resolve("decant.yaml");
    }

    /** Where it takes records. */
    int port() {
        return port;
    }

    /** What it says of itself. */
    JsonObject status() throws IOException {
        return new JsonObject(get("/status").body());
    }

    /** What it says of its sink. */
    JsonObject sink(String name) throws IOException {
        return status().getJsonObject("sinks").getJsonObject(name);
    }

    /** What it says of a batch; empty if it is not among the last. */
    Optional<JsonObject> batch(long number) throws IOException {
        JsonArray batches = status().getJsonArray("batches");
        for (int i = 0; i < batches.size(); i++) {
            if (batches.getJsonObject(i).getLong("number") == number) {
                return Optional.of(batches.getJsonObject(i));
            }
        }
        return Optional.empty();
    }

    /** Waits until a sink has everything up to a batch. */
    void awaitDelivered(String sink, long batch, Duration patience) throws IOException {
        try {
            // "batch" is the last one that it has whole.
            Await.until(
                    "batch " + batch + " is delivered",
                    patience,
                    () -> sink(sink).getLong("batch") >= batch);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + status().encode() + "\n" + lastLines(), e);
        }
    }

    private java.net.http.HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The process that drives its Spark jobs; empty if none runs. */
    Optional<ProcessHandle> driver() {
        return process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("io.decant.spark.DriverMain"))
                .findFirst();
    }

    /** {@code kill -9} of the server alone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** SIGTERM, and the exit status. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the server did not end within " + END_SECONDS_MAX + " s:\n" + lastLines());
        }
        return process.exitValue();
    }

    /** The end of its log. */
    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Lines of its log that contain both. */
    long loggedLines(String text, String other) throws IOException {
        try (Stream<String> lines = Files.lines(log())) {
            return lines.filter(line -> line.contains(text) && line.contains(other))
                    .count();
        }
    }

    /** Where its journal lies. */
    Path dataDir() {
        return folder.resolve("data");
    }

    private Path log() {
        return folder.resolve("server.log");
    }

    /** Ends whatever is left of it and of what it started. */
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }
}
