package io.decant.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image of this machine's architecture, and that it runs with nothing beside what is in it. */
class ImageIT {
    private static final Path PACKAGES = Path.of(System.getProperty("decant.packages"));
    private static final String VERSION = System.getProperty("decant.version");
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final Pattern LISTENS = Pattern.compile("listens on 127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    Path temp;

    private JsonNode config;
    private JsonNode manifest;

    @BeforeEach
    void unpack() throws Exception {
        run("tar", "-xf", PACKAGES.resolve("decant-" + VERSION + "-oci.tar"), "-C", temp);
        JsonNode index = json(temp.resolve("index.json"));
        assertThat(index.path("manifests")).hasSize(1);
        manifest = json(blob(index.path("manifests").get(0)));
        config = json(blob(manifest.path("config")));
    }

    @Test
    void shouldBeAnImageOfOciThatRunsAsNobodyInParticular() throws IOException {
        assertThat(json(temp.resolve("oci-layout")).path("imageLayoutVersion").asText())
                .isEqualTo("1.0.0");
        assertThat(config.path("os").asText()).isEqualTo("linux");
        assertThat(config.path("architecture").asText()).isEqualTo("amd64");
        JsonNode inside = config.path("config");
        assertThat(inside.path("User").asText()).isEqualTo("10001:10001");
        assertThat(inside.path("Volumes").has("/var/lib/decant")).isTrue();
        assertThat(inside.path("ExposedPorts").has("9999/tcp")).isTrue();
        assertThat(inside.path("Cmd").toString()).isEqualTo("[\"run\",\"-c\",\"/etc/decant/decant.yaml\"]");
    }

    @Test
    void shouldTakeAndDeliverInARootOfItsOwn() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can change the root");
        assumeTrue(canMount(), "this machine allows no mounts, as in some containers");
        Path root = Files.createDirectory(temp.resolve("root"));
        for (JsonNode layer : manifest.path("layers")) {
            run("tar", "--warning=no-unknown-keyword", "-xpzf", blob(layer), "-C", root);
        }
        Files.createDirectory(root.resolve("proc"));
        assertThat(root.resolve("usr/share/decant/lib/spark")).doesNotExist();

        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        Path log = temp.resolve("log");
        Process server = new ProcessBuilder(command(root, receiver.getAddress().getPort()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await(server, log, () -> LISTENS.matcher(read(log)).find());
            Matcher listens = LISTENS.matcher(read(log));
            assertThat(listens.find()).isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listens.group(1)))) {
                socket.getOutputStream().write("a\nb\na\n".getBytes(UTF_8));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .isEqualTo("OK 3\n");
            }
            await(server, log, () -> bodies.size() == 2);
            assertThat(bodies).containsExactly("a\nb\n", "a\n");
            server.destroy();
            assertThat(server.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
            assertThat(server.exitValue()).as(read(log)).isZero();
        } finally {
            server.destroyForcibly().waitFor();
            receiver.stop(0);
        }
    }

    private static boolean canMount() throws IOException, InterruptedException {
        return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
    }

    /** The image's entry point as its user, in a mount namespace of its own: nothing stays mounted. */
    private List<String> command(Path root, int port) {
        List<String> words = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t proc proc \"$0/proc\" && exec chroot --userspec=10001:10001 \"$0\" \"$@\"",
                root.toString()));
        config.path("config").path("Entrypoint").forEach(word -> words.add(word.asText()));
        config.path("config").path("Cmd").forEach(word -> words.add(word.asText()));
        for (String setting : List.of(
                "sinks.api.url=http://localhost:" + port + "/",
                "sources.lines.address=127.0.0.1:0",
                "admin.address=127.0.0.1:0",
                "journal.segment-size=8MiB",
                "journal.min-free=1MiB")) {
            words.addAll(List.of("--set", setting));
        }
        return words;
    }

    private static void await(Process server, Path log, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(server.isAlive()).as(read(log)).isTrue();
            assertThat(System.nanoTime() - deadline).as(read(log)).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path blob(JsonNode descriptor) {
        return temp.resolve("blobs").resolve(descriptor.path("digest").asText().replace(':', '/'));
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void run(Object... words) throws IOException, InterruptedException {
        Program.run(Arrays.stream(words).map(Object::toString).toList());
    }
}
