package io.decant.loadtest.server;

import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Redis of the machine's own, as a process that syncs each write before it answers. Owned by one thread. */
public final class RedisServer implements AutoCloseable {

    private static final String NAME = "Redis";

    private final PeerProcess process;
    private final InetSocketAddress address;

    private RedisServer(PeerProcess process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    /** The program; empty where it is not installed. */
    public static Optional<Path> program() {
        return InstalledProgram.find("redis-server");
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
            InetSocketAddress address = PeerProcess.freeAddress();
            List<String> command = List.of(
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
                    "");
            PeerProcess process = PeerProcess.start(NAME, command, folder.resolve("redis.log"));
            try {
                process.awaitListening(address);
            } catch (LoadException e) {
                process.close();
                throw e;
            }
            return new RedisServer(process, address);
        } catch (IOException e) {
            throw new LoadException(NAME + " did not start: " + e, e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** What it has used; empty where the system does not tell. */
    public Optional<ProcessUsage> usage() {
        return process.usage();
    }

    /** Kills it. */
    @Override
    public void close() {
        process.close();
    }
}
