package io.decant.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade by dpkg of an earlier version with undelivered data, and the way back. It installs packages on this machine,
 * so it runs only where it is asked for, by root: {@code -Ddecant.earlier=decant-0.1.0.tar.gz}.
 */
class UpgradeIT {
    private static final Path PACKAGES = Path.of(System.getProperty("decant.packages"));
    private static final String VERSION = System.getProperty("decant.version");
    private static final String EARLIER = System.getProperty("decant.earlier", "");
    private static final Path SETTINGS = Path.of("/etc/decant/decant.yaml");
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final Pattern LISTENS = Pattern.compile("source lines listens on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    Path temp;

    private final SortedMap<String, String> refused = new ConcurrentSkipListMap<>();
    private final SortedMap<String, String> taken = new ConcurrentSkipListMap<>();
    private volatile boolean takes;
    private HttpServer receiver;
    private Process server;
    private Path log;
    private int starts;

    @BeforeEach
    void listen() throws IOException {
        assumeTrue(!EARLIER.isEmpty(), "-Ddecant.earlier names no archive");
        assertThat(SETTINGS)
                .as("Decant is installed on this machine; this test would remove it")
                .doesNotExist();
        assertThat(Path.of("/var/lib/decant")).doesNotExist();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            boolean accepted = takes;
            (accepted ? taken : refused).put(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
            exchange.sendResponseHeaders(accepted ? 200 : 503, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void remove() throws Exception {
        if (receiver == null) {
            return;
        }
        receiver.stop(0);
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
        run("dpkg", "--purge", "decant");
        // Kept by a purge; here nobody needs it any more.
        assertThat(Path.of("/var/lib/decant/journal")).isDirectory();
        run("rm", "-r", "/var/lib/decant");
        run("deluser", "--quiet", "decant");
    }

    @Test
    void shouldDeliverUnderTheSameKeysAcrossAnUpgradeAndBack() throws Exception {
        Path earlier = earlierPackage();
        Path newer = PACKAGES.resolve("decant_" + VERSION + "_amd64.deb");
        run("dpkg", "--force-confold", "-i", earlier);
        Files.writeString(SETTINGS, """
                name: upgrade
                data-dir: /var/lib/decant
                shutdown-timeout: 1s
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                batch: {interval: 200ms}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                sinks: {api: {type: http, url: "http://127.0.0.1:%d/", retry-max-delay: 200ms}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.getAddress().getPort()));

        serve();
        send("a\nb\na\n");
        await(() -> !refused.isEmpty());
        run("dpkg", "--force-confold", "-i", newer);
        send("while it was replaced\n");
        stop();
        assertThat(taken).isEmpty();
        Map<String, String> first = new TreeMap<>(refused);
        assertThat(first).containsValue("a\nb\n");

        takes = true;
        serve();
        await(() -> taken.containsValue("while it was replaced\n"));
        assertThat(taken).containsAllEntriesOf(first);
        assertThat(taken.values()).containsExactlyInAnyOrder("a\nb\n", "a\n", "while it was replaced\n");

        takes = false;
        refused.clear();
        send("by the new one\n");
        await(() -> refused.containsValue("by the new one\n"));
        stop();
        first = new TreeMap<>(refused);
        // Nothing of these settings is new, so the way back is open.
        run("dpkg", "--force-confold", "--force-downgrade", "-i", earlier);
        takes = true;
        serve();
        await(() -> taken.containsValue("by the new one\n"));
        assertThat(taken).containsAllEntriesOf(first).hasSize(4);
        stop();
        assertThat(SETTINGS).content().contains("name: upgrade");
    }

    /** This build's package with what the earlier archive has in the place of its own. */
    private Path earlierPackage() throws Exception {
        Path root = temp.resolve("earlier");
        run("dpkg-deb", "-R", PACKAGES.resolve("decant_" + VERSION + "_amd64.deb"), root);
        Path home = root.resolve("usr/share/decant");
        run("rm", "-r", home);
        Files.createDirectory(home);
        run("tar", "-xzf", EARLIER, "-C", home, "--strip-components=1", "--no-same-owner");
        Path control = root.resolve("DEBIAN/control");
        Files.writeString(
                control, Files.readString(control).replaceFirst("(?m)^Version: .*$", "Version: " + earlierVersion()));
        Path unit = root.resolve("lib/systemd/system/decant.service");
        Files.writeString(unit, Files.readString(unit).replace(" --on-hangup=reload", ""));
        Files.delete(root.resolve("DEBIAN/md5sums"));
        Path deb = temp.resolve("earlier.deb");
        run("dpkg-deb", "-Zgzip", "-z1", "-b", root, deb);
        return deb;
    }

    private static String earlierVersion() {
        Matcher version = Pattern.compile("decant-(\\d+\\.\\d+\\.\\d+)").matcher(EARLIER);
        assertThat(version.find()).isTrue();
        return version.group(1) + "~earlier";
    }

    /** As the unit would, without what only systemd can do. */
    private void serve() throws IOException {
        log = temp.resolve("log-" + ++starts);
        server = new ProcessBuilder(
                        "setpriv",
                        "--reuid=decant",
                        "--regid=decant",
                        "--clear-groups",
                        "/usr/share/decant/bin/decant",
                        "run",
                        "-c",
                        SETTINGS.toString())
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await(() -> LISTENS.matcher(log()).find());
    }

    private void stop() throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
        assertThat(server.exitValue()).as(log()).isZero();
    }

    private void send(String lines) throws IOException {
        Matcher listens = LISTENS.matcher(log());
        assertThat(listens.find()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listens.group(1)))) {
            socket.getOutputStream().write(lines.getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("OK ");
        }
    }

    private void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(server.isAlive()).as(log()).isTrue();
            assertThat(System.nanoTime() - deadline).as(log()).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Object... words) throws IOException, InterruptedException {
        Program.run(Arrays.stream(words).map(Object::toString).toList());
    }
}
