package io.decant.ingest.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.net.httpserver.HttpServer;
import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.launcher.Shell.Ended;
import io.decant.ingest.launcher.Shell.Running;
import io.decant.ingest.tls.ServedCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code decant run} as a process: what it answers to signals, and what it ends with. */
class ServeIT {
    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));
    private static final Path DECANT = DISTRIBUTION.resolve("bin/decant");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern LISTENS = Pattern.compile("source logs listens on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern ADMIN = Pattern.compile("admin on (127\\.0\\.0\\.1:\\d+)");
    /** What a process ends with that a signal has ended: 128 + 15. */
    private static final int TERMINATED = 143;

    @TempDir
    Path temp;

    private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private HttpServer receiver;
    private volatile int answer = 200;
    private Running server;

    @BeforeEach
    void prepare() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (answer == 200) {
                bodies.add(body);
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        receiver.start();
        Files.writeString(
                temp.resolve("decant.yaml"), """
                data-dir: data
                shutdown-timeout: 30s
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 1h}
                sinks: {api: {type: http, url: "http://127.0.0.1:%d/"}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.getAddress().getPort()));
    }

    @AfterEach
    void clean() {
        receiver.stop(0);
        if (server != null) {
            server.kill();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void shouldDrainOnASignalAndEndWell(String signal) throws IOException {
        assumeFalse(
                isIgnored(signal),
                "SIG" + signal + " is ignored here, as under nohup, and every process below inherits that");
        int port = serve();
        assertThat(send(port, "a\nb\na\n")).isEqualTo("OK 3\n");
        kill(signal);
        Ended ended = server.end();
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
        assertThat(bodies).containsExactly("a\nb\n", "a\n");
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("STARTING -> RUNNING", "RUNNING -> DRAINING", "DRAINING -> STOPPED");
        assertThat(ended.err().lines()).allMatch(line -> line.contains(" INFO "));
        Matcher admin = ADMIN.matcher(ended.err());
        assertThat(admin.find()).isTrue();
        String pages = "http://" + admin.group(1);
        assertThat(ended.err()).contains("ready: see " + pages + "/status; all pages: " + pages + "/\n");
    }

    /** By the mask of ignored signals, as Linux shows it; bit 0 is SIGHUP. */
    private static boolean isIgnored(String signal) throws IOException {
        long bit = 1L << (Map.of("HUP", 1, "INT", 2, "TERM", 15).get(signal) - 1);
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & bit) != 0);
        }
    }

    @Test
    void shouldEndAtOnceOnASecondSignalAndLoseNothing() throws IOException {
        answer = 503;
        int port = serve();
        assertThat(send(port, "a\n")).isEqualTo("OK 1\n");
        kill("TERM");
        awaitLog("DRAINING");
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(TERMINATED);

        answer = 200;
        serve();
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
        assertThat(bodies).containsExactly("a\n");
    }

    /** As a closed terminal does, whose shell and kernel both send SIGHUP, and systemd with SendSIGHUP=yes. */
    @ParameterizedTest
    @ValueSource(strings = {"HUP", "TERM"})
    void shouldDrainOnThoughAHangupComesBehindTheFirstSignal(String first) throws IOException {
        assumeFalse(isIgnored("HUP"), "SIGHUP is ignored here, as under nohup, and every process below inherits that");
        Path settings = temp.resolve("decant.yaml");
        Files.writeString(
                settings, Files.readString(settings).replace("type: http,", "type: http, retry-max-delay: 100ms,"));
        answer = 503;
        int port = serve();
        assertThat(send(port, "a\n")).isEqualTo("OK 1\n");
        kill(first);
        awaitLog("DRAINING");
        kill("HUP");
        awaitLog(
                "SIGHUP changes nothing, since the process is stopping already; SIGTERM or SIGINT stops it immediately");
        answer = 200;
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
        assertThat(bodies).containsExactly("a\n");
    }

    /** As a service manager has it reload. */
    @Test
    void shouldReadCertificatesAgainOnAHangupThatIsToReload() throws Exception {
        assumeFalse(isIgnored("HUP"), "SIGHUP is ignored here, as under nohup, and every process below inherits that");
        ServedCertificates certificates = ServedCertificates.make(temp);
        Path shown = Files.createDirectory(temp.resolve("shown"));
        ServedCertificates.show(certificates.server(), shown);
        Path settings = temp.resolve("decant.yaml");
        Files.writeString(
                settings,
                Files.readString(settings)
                        .replace(
                                "address: \"127.0.0.1:0\"}}\njournal",
                                "address: \"127.0.0.1:0\", tls: {certificate: shown/server.pem, key: shown/server.key}}}\njournal"));
        serve("--on-hangup=reload");
        kill("HUP");
        awaitLog("source logs: the certificate is unchanged; it expires at ");
        Files.writeString(shown.resolve("server.pem"), "no certificate");
        kill("HUP");
        awaitLog("source logs: the certificate stays as it was: ");
        ServedCertificates.show(certificates.renewed(), shown);
        kill("HUP");
        awaitLog("source logs: the certificate was read again; it expires at ");
        assertThat(Files.readString(server.err()))
                .contains("SIGHUP: reloading certificates")
                .doesNotContain("DRAINING");
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    void shouldSayOnAHangupThatThereIsNothingToReload() throws IOException {
        assumeFalse(isIgnored("HUP"), "SIGHUP is ignored here, as under nohup, and every process below inherits that");
        int port = serve("--on-hangup=reload");
        kill("HUP");
        awaitLog("SIGHUP: no certificates in the settings, so there is nothing to reload");
        assertThat(send(port, "a\n")).isEqualTo("OK 1\n");
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
        assertThat(bodies).containsExactly("a\n");
    }

    /** bash closes both sides at once and reads nothing. */
    @Test
    void shouldTakeAllThatShellsSendWhichNeverReadAnAnswer() throws Exception {
        Path settings = temp.resolve("decant.yaml");
        Files.writeString(settings, Files.readString(settings).replace("interval: 1h", "interval: 200ms"));
        int port = serve();
        List<Process> shells = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        for (int shell = 0; shell < 3; shell++) {
            String first = shell + " record ";
            List<String> lines = IntStream.range(0, 100_000)
                    .mapToObj(i -> first + i + " of a log that somebody forwards, without looking back")
                    .toList();
            sent.addAll(lines);
            Path file = Files.write(temp.resolve(shell + ".log"), lines);
            shells.add(new ProcessBuilder("bash", "-c", "cat " + file + " > /dev/tcp/127.0.0.1/" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (Process shell : shells) {
            assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(shell.exitValue()).isZero();
        }
        // What the shells' kernels still hold comes in by itself, but only while there is a server.
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (received() < sent.size() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
        List<String> received =
                new ArrayList<>(bodies.stream().flatMap(String::lines).toList());
        Collections.sort(received);
        Collections.sort(sent);
        assertThat(received.equals(sent))
                .as("%d of %d records", received.size(), sent.size())
                .isTrue();
    }

    private long received() {
        return bodies.stream()
                .flatMapToInt(String::chars)
                .filter(c -> c == '\n')
                .count();
    }

    @Test
    void shouldRefuseASecondServerAndStillValidate() throws IOException {
        serve();
        Ended second = decant("run");
        assertThat(second.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(second.err().lines())
                .singleElement()
                .asString()
                .contains(
                        "in use by another server, process " + server.process().pid());
        Ended validated = decant("validate", "--connect");
        assertThat(validated.err()).isEmpty();
        assertThat(validated.status()).isEqualTo(ExitStatus.DONE);
        assertThat(validated.out())
                .contains("a server runs, process " + server.process().pid());
        // Neither of the two has taken the lock away.
        assertThat(decant("run").status()).isEqualTo(ExitStatus.FAILED);
        kill("TERM");
        assertThat(server.end().status()).isEqualTo(ExitStatus.DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sources.logs.address", "admin.address"})
    void shouldSayThatAPortIsInUse(String key) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Ended ended = decant("run", "--set", key + "=" + address);
            assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(ended.err().lines()).singleElement().asString().contains(address, key);
        }
    }

    @Test
    void shouldSayWhatIsWrongWithTheSettings() throws IOException {
        Path file = temp.resolve("decant.yaml");
        Files.writeString(file, Files.readString(file) + "journall: {}\n");
        Ended ended = decant("run");
        assertThat(ended.status()).isEqualTo(ExitStatus.BAD_SETTINGS);
        assertThat(ended.err().lines()).singleElement().asString().contains("decant.yaml:8", "journall", "journal");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @Test
    void shouldShipSettingsThatAreValid() {
        Ended ended = new Shell(temp).run(DECANT, "validate", "-c", DISTRIBUTION.resolve("conf/decant.yaml"));
        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isEqualTo(ExitStatus.DONE);
    }

    /** Starts a server; returns the port of its source. */
    private int serve(String... options) throws IOException {
        List<Object> words = new ArrayList<>(List.of(DECANT, "run", "-c", temp.resolve("decant.yaml")));
        words.addAll(List.of(options));
        server = new Shell(temp).start(words.toArray());
        awaitLog("RUNNING");
        Matcher listens = LISTENS.matcher(Files.readString(server.err()));
        assertThat(listens.find()).isTrue();
        return Integer.parseInt(listens.group(1));
    }

    private void awaitLog(String word) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.readString(server.err()).contains(word)) {
            assertThat(server.process().isAlive())
                    .as(Files.readString(server.err()))
                    .isTrue();
            assertThat(System.nanoTime() - deadline).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void kill(String signal) {
        long process = server.process().pid();
        assertThat(new Shell(temp).run("kill", "-" + signal, process).status()).isZero();
    }

    private Ended decant(String command, Object... arguments) {
        Object[] all = new Object[arguments.length + 4];
        all[0] = DECANT;
        all[1] = command;
        all[2] = "-c";
        all[3] = temp.resolve("decant.yaml");
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return new Shell(temp).run(all);
    }

    private static String send(int port, String lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
