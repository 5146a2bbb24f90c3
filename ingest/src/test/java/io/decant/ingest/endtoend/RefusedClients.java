package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that keep all connections that a source has, and others that come in vain. */
final class RefusedClients implements Pressure {

    /** Clients that come in one step. */
    private static final int STEP = 2;

    private final PressedServer server;
    private final int clients;
    private long others;
    private final List<Socket> idle = new ArrayList<>();
    private final AtomicLong refused = new AtomicLong();

    /** @param clients that stay: more than there is room for */
    RefusedClients(PressedServer server, int clients) {
        this.server = server;
        this.clients = clients;
    }

    @Override
    public void begin() throws IOException {
        others = server.status("connections");
        for (int i = 0; i < clients; i++) {
            idle.add(server.connect());
        }
        // Closed, so there was no room left.
        idle.get(clients - 1).getInputStream().readAllBytes();
    }

    /** The first that came, which is served. */
    Socket first() {
        return idle.get(0);
    }

    @Override
    public void goOn() throws IOException {
        for (int i = 0; i < STEP; i++) {
            try (Socket socket = server.connect()) {
                // Empty where even those that are told are too many.
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .matches("(ERR 0 too-many-connections [^\n]*\n)?");
                refused.incrementAndGet();
            }
        }
    }

    @Override
    public long felt() {
        return refused.get();
    }

    @Override
    public void end() throws IOException {
        close();
        server.await("connections", others);
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : idle) {
            socket.close();
        }
        idle.clear();
    }
}
