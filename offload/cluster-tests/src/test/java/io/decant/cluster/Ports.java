package io.decant.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for daemons that keep them over a restart. They lie below those that the kernel gives to outgoing connections:
 * of those, a client that calls a dead daemon on the same machine would sooner or later be given the daemon's, and
 * reach itself.
 */
final class Ports {

    private static final int FIRST = 20_000;
    private static final int END = 32_000;

    private final Set<Integer> taken = new HashSet<>();

    /** One that nobody listens on now, and that was not given before. */
    int next() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && taken.add(port)) {
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
