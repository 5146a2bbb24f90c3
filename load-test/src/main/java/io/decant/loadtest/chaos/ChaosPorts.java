package io.decant.loadtest.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Ports for what keeps them over a restart. They lie below those that the kernel gives to outgoing connections, so that
 * no client of a peer that is down is given the peer's own port.
 */
final class ChaosPorts {

    private static final int FIRST = 12_000;
    private static final int PORTS = 7_000;

    private final Random random = new Random();
    private final Set<Integer> taken = new HashSet<>();

    /** One that nobody listens on now, and that was not given before. */
    int next() {
        while (true) {
            int port = FIRST + random.nextInt(PORTS);
            if (taken.add(port) && isFree(port)) {
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
