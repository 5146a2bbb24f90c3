package io.decant.loadtest.server;

import io.decant.loadtest.load.LoadException;
import java.io.File;
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

/** A Redis of the machine's own, as a process that syncs each write before it answers. Owned by one thread. */
public final class RedisServer implements AutoCloseable {

    private static final String PROGRAM = "redis-server";
    private static final long START_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    private static final long KILL_SECONDS_MAX = 60;
    private static final long LOOK_NANOS = 2_000_000;

    private final Process process;
    private final InetSocketAddress address;

    private RedisServer(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** The program; empty where it is not installed. */
    public static Optional<Path> program() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path program = Path.of(folder.isEmpty() ? "." : folder, PROGRAM);
            if (Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    /**
     * Starts one, and waits until it listens.
     *
     * @param folder for its data and log; created if it does not exist
     * @throws LoadException when it does not come up
     */
    public static RedisServer start(Path program, Path folder) {
        try {
            Files.createDirectories(folder);
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
            Process process = new ProcessBuilder(List.of(
                            program.toString(),
                            "--port",
                            Integer.toString(address.getPort()),
                            "--bind",
                            address.getAddress().getHostAddress(),
                            "--dir",
                            folder.toString(),
                            "--appendonly",
                            "yes",
                            "--appendfsync",
                            "always",
                            "--save",
                            ""))
                    .redirectOutput(folder.resolve("redis.log").toFile())
                    .redirectErrorStream(true)
                    .start();
            RedisServer server = new RedisServer(process, address);
            try {
                server.awaitListening();
            } catch (LoadException e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new LoadException("Redis did not start: " + e, e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening() {
        long start = System.nanoTime();
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() - start > START_NANOS_MAX) {
                throw new LoadException("Redis did not come up on " + address);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            // Not yet.
            return false;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new LoadException("Redis did not end within " + KILL_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while Redis ended", e);
        }
    }
}
