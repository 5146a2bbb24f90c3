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

/** A process of somebody else's program, which is killed at the end. Owned by one thread. */
public final class PeerProcess implements AutoCloseable {

    private static final long START_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);
    private static final long KILL_SECONDS_MAX = 60;
    private static final long LOOK_NANOS = 2_000_000;

    private final String name;
    private final Path log;
    private final Process process;

    private PeerProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param name for messages
     * @param log what it prints; overwritten
     * @throws LoadException when that is not possible
     */
    public static PeerProcess start(String name, List<String> command, Path log) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(log.toFile())
                    .redirectErrorStream(true)
                    .start();
            return new PeerProcess(name, log, process);
        } catch (IOException e) {
            throw new LoadException(name + " did not start: " + e, e);
        }
    }

    /** An address of the loopback interface that nobody has. */
    public static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    /**
     * Waits until it listens.
     *
     * @throws LoadException when it does not come up
     */
    public void awaitListening(InetSocketAddress address) {
        long start = System.nanoTime();
        while (!listens(address)) {
            requireRunning();
            if (System.nanoTime() - start > START_NANOS_MAX) {
                throw new LoadException(name + " did not come up on " + address + ": " + said());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            // Not yet.
            return false;
        }
    }

    /** Fails when it has ended by itself. */
    public void requireRunning() {
        if (!process.isAlive()) {
            throw new LoadException(name + " ended with " + process.exitValue() + ": " + said());
        }
    }

    private String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }

    /** What it has used; empty where the system does not tell. */
    public Optional<ProcessUsage> usage() {
        return ProcessUsage.of(process.pid());
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new LoadException(name + " did not end within " + KILL_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while " + name + " ended", e);
        }
    }
}
