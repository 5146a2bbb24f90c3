package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A server process at the default heap, started by a shell that puts a limit or a pipe around it. */
final class PressedServer implements AutoCloseable {

    static final int ANSWER_MILLIS_MAX = 5_000;

    private static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin", "decant");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final int port;
    private final int adminPort;

    private PressedServer(Process process, int port, int adminPort) {
        this.process = process;
        this.port = port;
        this.adminPort = adminPort;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param shell runs the command {@code "$@"}
     */
    static PressedServer start(Path folder, String url, String shell, String... options) throws IOException {
        int port = Ports.next();
        int adminPort = Ports.next();
        Path settings = ServerProcess.settings(folder.resolve("decant.yaml"), port, url);
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell, "sh", DECANT.toString(), "run"));
        command.addAll(List.of("-c", settings.toString(), "--set", "sources.lines.session=off"));
        command.addAll(List.of("--set", "sources.lines.ack=count"));
        command.addAll(List.of("--set", "admin.address=127.0.0.1:" + adminPort));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
        PressedServer server = new PressedServer(process, port, adminPort);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!server.isReady()) {
            assertThat(process.isAlive() && System.nanoTime() - deadline < 0)
                    .as("comes up: " + process.info())
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return server;
    }

    private boolean isReady() {
        try {
            return get("/readyz").startsWith("HTTP/1.1 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    Process process() {
        return process;
    }

    int adminPort() {
        return adminPort;
    }

    /** A client of the source, whose reads do not wait for ever. */
    Socket connect() throws IOException {
        return connect("127.0.0.1");
    }

    /** @param from an address of the loopback */
    Socket connect(String from) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(from), 0);
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        return socket;
    }

    /** Sends a text, and nothing more; the server's answers until it closes. */
    String answer(String from, String text) throws IOException {
        try (Socket socket = connect(from)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return reader(socket).lines().collect(Collectors.joining("\n"));
        }
    }

    /** A number of the source in {@code /status}. */
    long status(String name) throws IOException {
        Matcher number = Pattern.compile("\"" + name + "\"\\s*:\\s*(\\d+)").matcher(get("/status"));
        assertThat(number.find()).as(name).isTrue();
        return Long.parseLong(number.group(1));
    }

    /** {@code unfinishedBytes} of the source. */
    long unfinishedBytes() throws IOException {
        return status("unfinishedBytes");
    }

    /** Waits until that many bytes of unfinished lines are held. */
    void awaitUnfinished(long bytes) throws IOException {
        await("unfinishedBytes", bytes);
    }

    /** Waits until a number of the source in {@code /status} is that. */
    void await(String name, long expected) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (status(name) != expected) {
            assertThat(System.nanoTime() - deadline < 0)
                    .as(name + " is " + status(name) + ", not " + expected)
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Sends so many records and ends the input; the last answer. */
    String send(int records) throws IOException {
        try (Socket socket = connect()) {
            return send(socket, records);
        }
    }

    static String send(Socket socket, int records) throws IOException {
        for (int i = 0; i < records; i++) {
            socket.getOutputStream().write(("record " + i + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        socket.shutdownOutput();
        List<String> answers = reader(socket).lines().toList();
        return answers.get(answers.size() - 1);
    }

    /** A whole answer of the admin port. */
    String get(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), adminPort)) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return reader(socket).lines().collect(Collectors.joining("\n"));
        }
    }

    /** The samples of {@code /metrics} by their names. */
    Map<String, Double> metrics() throws IOException {
        return get("/metrics")
                .lines()
                .filter(line -> line.matches("[a-z_]+ [0-9.E+-]+"))
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(sample -> sample[0], sample -> Double.valueOf(sample[1])));
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** SIGTERM, and the exit status. */
    int stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends on SIGTERM").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    static String log(Path file) throws IOException {
        return Files.readString(file);
    }
}
