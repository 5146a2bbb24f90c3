package io.decant.ingest.cli;

import com.sun.net.httpserver.HttpServer;
import io.decant.config.HostPort;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code decant prepare}: has a small server take, deliver and show a few records, so that every class is loaded that
 * most servers load. {@code bin/decant} has the JVM write these into an archive, from which later starts take them.
 */
@Command(
        name = "prepare",
        description = "Makes later starts of this installation faster: runs a small server for a moment, and keeps the"
                + " classes that it loads in lib/classes.jsa. To be run by who may write there, once, and again after"
                + " an update of Decant or of the JDK.")
final class PrepareCommand implements Callable<Integer> {

    private static final String RECORDS = "{\"id\":1}\n{\"id\":2}\n{\"id\":1}\n";
    private static final List<String> PAGES = List.of("/readyz", "/metrics", "/status", "/");

    @Override
    public Integer call() {
        Logging.quieten();
        try {
            Path folder = Files.createTempDirectory("decant-prepare-");
            try {
                serve(folder);
            } finally {
                deleteTree(folder);
            }
        } catch (IOException e) {
            throw new CliException(ExitStatus.FAILED, "the small server could not be used: " + e, e);
        }
        return ExitStatus.DONE;
    }

    private static void serve(Path folder) throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        try (Server server = Server.start(settings(folder, receiver.getAddress().getPort()), Set.of())) {
            send(server.status().sources().get("lines").address());
            URI web =
                    URI.create("http://" + server.status().sources().get("web").address() + "/");
            post(web);
            for (String page : PAGES) {
                get(URI.create("http://" + server.adminAddress() + page));
            }
            if (!server.drain()) {
                throw new IOException("what was sent to it is not delivered");
            }
        } finally {
            receiver.stop(0);
        }
    }

    private static Settings settings(Path folder, int port) {
        String yaml = """
                data-dir: ./data
                bucket: {key: "json:/id"}
                sources:
                  lines: {type: tcp, address: "127.0.0.1:0", max-connections: 10}
                  web: {type: http, address: "127.0.0.1:0", max-connections: 10}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                sinks: {api: {type: http, url: "http://127.0.0.1:%d/"}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(port);
        return SettingsLoader.parse(yaml, "the settings of decant prepare", folder, List.of(), Map.of());
    }

    private static void send(String address) throws IOException {
        HostPort source = HostPort.parse(address);
        try (Socket socket = new Socket(source.host(), source.port())) {
            socket.getOutputStream().write(RECORDS.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            drain(socket.getInputStream());
        }
    }

    private static void post(URI web) throws IOException {
        HttpURLConnection request = (HttpURLConnection) web.toURL().openConnection();
        request.setDoOutput(true);
        try (OutputStream body = request.getOutputStream()) {
            body.write(RECORDS.getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream answer = request.getInputStream()) {
            drain(answer);
        }
    }

    private static void get(URI page) throws IOException {
        try (InputStream answer = page.toURL().openStream()) {
            drain(answer);
        }
    }

    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
