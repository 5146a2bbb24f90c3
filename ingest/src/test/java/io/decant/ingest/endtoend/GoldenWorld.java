package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.BrokerProcess;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A folder with settings and a data directory, a receiver, and the server that runs there now and then. */
final class GoldenWorld implements AutoCloseable {

    private static final Path BROKER_JARS = Path.of(System.getProperty("decant.kafka-broker", "none"));
    /** What was frozen long ago must not be removed for its age. */
    private static final Map<String, String> BROKER_KEEPS_ALL = Map.of("log.retention.ms", "-1");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int COMMAND_SECONDS_MAX = 60;
    private static final int ANSWER_MILLIS_MAX = 30_000;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final Path folder;
    final GoldenReceiver receiver;
    private BrokerProcess broker;
    private ServerProcess server;

    /** A condition that may fail while a server starts or ends. */
    interface Condition extends Callable<Boolean> {}

    GoldenWorld(Path folder, GoldenReceiver.Answers answers) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.receiver = new GoldenReceiver(answers);
    }

    Path data() {
        return folder.resolve("data");
    }

    Path settings() {
        return folder.resolve("decant.yaml");
    }

    /** Starts a broker on the data in the folder {@code broker}; those of a new one where there are none. */
    BrokerProcess startBroker() throws IOException {
        broker = BrokerProcess.start(BROKER_JARS, folder.resolve("broker"), BROKER_KEEPS_ALL);
        return broker;
    }

    void stopBroker() throws IOException {
        broker.stop();
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "RECEIVER", receiver.url(),
                "FOLDER", folder.toAbsolutePath().toString(),
                // A port at which nobody listens, where no broker is needed.
                "BROKER", broker == null ? "127.0.0.1:1" : broker.address()));
    }

    /** Starts a server, and waits until it serves. */
    void start(List<String> options) throws Exception {
        // That of a server that was killed: somebody else may have its port by now.
        Files.deleteIfExists(data().resolve("admin.address"));
        server = ServerProcess.start(folder, settings(), environment(), options);
        await("the server runs", () -> "running".equals(status().getString("state")));
    }

    void start(String... sets) throws Exception {
        List<String> options = new ArrayList<>();
        for (String set : sets) {
            options.addAll(List.of("--set", set));
        }
        start(options);
    }

    /** {@code kill -9} of the server and of what it has started, which would go on writing for a moment. */
    void kill() throws Exception {
        List<ProcessHandle> started = server.children();
        server.kill();
        for (ProcessHandle process : started) {
            process.destroyForcibly();
            process.onExit().get(COMMAND_SECONDS_MAX, TimeUnit.SECONDS);
        }
        server = null;
    }

    /** A drain. */
    void stop() throws Exception {
        assertThat(server.stop()).as(server.log()).isZero();
        server = null;
    }

    ServerProcess server() {
        return server;
    }

    /** What {@code /status} says; empty while the server cannot be asked. */
    JsonObject status() throws InterruptedException {
        try {
            String address = Files.readString(data().resolve("admin.address")).strip();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/status"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return new JsonObject(CLIENT.send(request, BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return new JsonObject();
        }
    }

    JsonObject journalStatus() throws InterruptedException {
        return status().getJsonObject("journal", new JsonObject());
    }

    long lastCut() throws InterruptedException {
        return status().getJsonArray("batches").stream()
                .mapToLong(batch -> ((JsonObject) batch).getLong("number"))
                .max()
                .orElse(0);
    }

    void awaitCut() throws Exception {
        await("all is cut", () -> journalStatus().getLong("uncutRecords") == 0);
    }

    /** Whether nothing waits in the broker, if there is one. */
    boolean isRead() throws InterruptedException {
        return broker == null
                || status().getJsonObject("sources", new JsonObject()).stream().allMatch(source -> {
                    JsonObject partitions = ((JsonObject) source.getValue()).getJsonObject("partitions");
                    return partitions != null
                            && !partitions.isEmpty()
                            && partitions.stream().allMatch(partition -> {
                                Long lag = ((JsonObject) partition.getValue()).getLong("lag");
                                return lag != null && lag == 0;
                            });
                });
    }

    void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0 || (server != null && !server.isAlive())) {
                throw new AssertionError("not so: " + what + "; status: " + status().encode() + "; server: "
                        + (server == null ? "none" : server.log()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private Socket connect(String source) throws Exception {
        String address = status().getJsonObject("sources").getJsonObject(source).getString("address");
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        return socket;
    }

    /** Sends text, each character a byte, half-closes, and waits until the server has acknowledged all and closed. */
    void send(String source, String text) throws Exception {
        try (Socket socket = connect(source)) {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .contains("OK ")
                    .doesNotContain("ERR");
        }
        awaitCut();
    }

    /** Headers of a request under a key. */
    static Map<String, String> keyed(String key) {
        return Map.of("Idempotency-Key", key);
    }

    /** Headers of a request of a session, whose first record has this number. */
    static Map<String, String> inSession(String id, long first) {
        return Map.of("Decant-Session", id, "Decant-First", Long.toString(first));
    }

    /** Posts a body to an HTTP source; what is answered with 200, with the number to go on with where there is one. */
    String post(String source, Map<String, String> headers, String body) throws Exception {
        String address = status().getJsonObject("sources").getJsonObject(source).getString("address");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + "/"))
                .timeout(Duration.ofMillis(ANSWER_MILLIS_MAX))
                .POST(BodyPublishers.ofString(body, ISO_8859_1));
        headers.forEach(request::header);
        HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().strip()
                + response.headers()
                        .firstValue("Decant-Next")
                        .map(next -> ", next " + next)
                        .orElse("");
    }

    /** The answer to {@code SESSION id}. */
    String session(String source, String id) throws Exception {
        try (Socket socket = connect(source)) {
            socket.getOutputStream().write(("SESSION " + id + "\n").getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        }
    }

    /** Starts a command of the distribution. */
    Process command(Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ServerProcess.DECANT.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-c", settings().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(Files.createTempFile(folder, "command", ".err").toFile());
        builder.environment().putAll(environment());
        return builder.start();
    }

    /** What {@code decant journal inspect --json} says. */
    JsonObject inspect() throws Exception {
        Path out = Files.createTempFile(folder, "inspect", ".json");
        Process process = command(out, "journal", "inspect", "--json");
        assertThat(process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return new JsonObject(Files.readString(out));
    }

    @Override
    public void close() throws Exception {
        receiver.close();
        if (server != null) {
            kill();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
