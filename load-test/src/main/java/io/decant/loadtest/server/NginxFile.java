package io.decant.loadtest.server;

import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * nginx as a peer of an HTTP source: it writes the body of each request to one file, and then answers as the source
 * does. It syncs nothing. Owned by one thread.
 */
public final class NginxFile implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final long START_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    private static final long END_SECONDS_MAX = 60;
    private static final long LOOK_NANOS = 5_000_000;

    /**
     * A mirrored request is what has nginx read a body that it does not pass on; the file that is asked for does not
     * exist, and what is answered in place of "not found" is a success. Each body is one write.
     */
    private static final String CONFIGURATION = """
            daemon off;
            worker_processes %d;
            pid %2$s/nginx.pid;
            error_log %2$s/error.log;
            events { worker_connections 16384; }
            http {
              log_format body escape=none '$request_body';
              client_body_temp_path %2$s/body;
              proxy_temp_path %2$s/proxy;
              fastcgi_temp_path %2$s/fastcgi;
              uwsgi_temp_path %2$s/uwsgi;
              scgi_temp_path %2$s/scgi;
              keepalive_requests 1000000000;
              client_max_body_size 0;
              client_body_buffer_size 16k;
              server {
                listen 127.0.0.1:%3$d;
                access_log %2$s/bodies body;
                root /nonexistent/decant;
                location / {
                  rewrite ^ /records break;
                  mirror /mirrored;
                  log_not_found off;
                  error_page 404 405 =200 @written;
                }
                location = /mirrored { internal; access_log off; return 204; }
                location @written { default_type application/json; return 200 '{"records":1}'; }
              }
            }
            """;

    private final Process process;
    private final InetSocketAddress address;
    private final Path folder;

    private NginxFile(Process process, InetSocketAddress address, Path folder) {
        this.process = process;
        this.address = address;
        this.folder = folder;
    }

    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    /**
     * Starts it, with as many workers as there are processors, and waits until it listens.
     *
     * @param folder for all its files; made if it does not exist
     * @throws LoadException when it does not come up
     */
    public static NginxFile start(Path folder) throws IOException {
        Files.createDirectories(folder);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        Path configuration = Files.writeString(
                folder.resolve("nginx.conf"),
                CONFIGURATION.formatted(Runtime.getRuntime().availableProcessors(), folder, address.getPort()));
        Process process = new ProcessBuilder(PROGRAM.toString(), "-p", folder.toString(), "-c", configuration + "")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.log").toFile())
                .start();
        NginxFile nginx = new NginxFile(process, address, folder);
        try {
            nginx.awaitListening();
        } catch (LoadException e) {
            nginx.close();
            throw e;
        }
        return nginx;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() {
        long start = System.nanoTime();
        while (true) {
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - start > START_NANOS_MAX) {
                    throw new LoadException("nginx did not come up, see its log in " + folder, e);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Lines that it has written: one for each body, and an empty one behind it. */
    public long bodies() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("bodies"))) {
            return lines.filter(line -> !line.isEmpty()).count();
        }
    }

    /** What it and its workers have used; empty where the system does not tell. */
    public Optional<ProcessUsage> usage() {
        List<ProcessUsage> usages = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(one -> ProcessUsage.of(one.pid()))
                .flatMap(Optional::stream)
                .toList();
        return usages.stream()
                .reduce((one, other) -> new ProcessUsage(
                        one.cpuSeconds() + other.cpuSeconds(),
                        one.residentBytes() + other.residentBytes(),
                        one.anonymousBytes() + other.anonymousBytes()));
    }

    /** Ends it; its workers end with it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
