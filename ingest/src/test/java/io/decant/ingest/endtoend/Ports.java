package io.decant.ingest.endtoend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that keep them over a restart. They lie below those that the kernel gives to outgoing
 * connections: of those, a client that calls a dead process on the same machine would sooner or later be given the
 * process's port, and reach itself. Each JVM that runs tests takes them from a range of its own, since a port is free
 * until somebody listens there.
 */
public final class Ports {

    private static final int FIRST = 20_000;
    private static final int PORTS = 3_000;
    private static final int RANGES = 4;
    private static final int RANGE = Integer.getInteger("decant.fork", 1) % RANGES;
    private static final Set<Integer> TAKEN = new HashSet<>();

    private Ports() {}

    /** One that nobody listens on now, and that was not given before. */
    public static synchronized int next() {
        while (true) {
            int port = FIRST + RANGE * PORTS + ThreadLocalRandom.current().nextInt(PORTS);
            if (isFree(port) && TAKEN.add(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
