package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A client that sends a record, waits for its acknowledgement, and so on: how long that takes before and while others
 * press the server. It needs {@code ack: count}, and is connected before they are. Medians, and the best of several
 * windows, are of the server: what else the machine does only adds to them.
 */
final class RoundTrips implements AutoCloseable {

    /** Of a latency under pressure to the usual one, both medians. */
    private static final int FACTOR_MAX = 3;

    private static final int WARM_UP = 1_000;
    private static final int WINDOW = 200;
    private static final int WINDOWS_MAX = 20;

    private final Socket socket;
    private final OutputStream out;
    private final BufferedReader in;
    private final long usualNanos;
    private int records;

    /** Measures what is usual. */
    RoundTrips(PressedServer server) throws IOException {
        socket = server.connect();
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (int i = 0; i < WARM_UP; i++) {
            roundTrip("");
        }
        usualNanos = medianNanos("");
    }

    /** Records sent and acknowledged so far. */
    int records() {
        return records;
    }

    void assertAsUsual() throws IOException {
        assertAsUsual("");
    }

    /** @param beginning of each record, that is sent by itself */
    void assertAsUsual(String beginning) throws IOException {
        List<Long> medians = new ArrayList<>();
        do {
            medians.add(medianNanos(beginning));
            assertThat(medians.size() < WINDOWS_MAX || isUsual(medians))
                    .as("usual " + usualNanos + " ns, under pressure " + medians)
                    .isTrue();
        } while (!isUsual(medians));
    }

    private boolean isUsual(List<Long> medians) {
        return medians.get(medians.size() - 1) <= FACTOR_MAX * usualNanos;
    }

    private long medianNanos(String beginning) throws IOException {
        long[] nanos = new long[WINDOW];
        for (int i = 0; i < WINDOW; i++) {
            long sent = System.nanoTime();
            roundTrip(beginning);
            nanos[i] = System.nanoTime() - sent;
        }
        Arrays.sort(nanos);
        return nanos[WINDOW / 2];
    }

    private void roundTrip(String beginning) throws IOException {
        if (!beginning.isEmpty()) {
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
        }
        records++;
        out.write(("round trip " + records + "\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readLine()).isEqualTo("OK " + records);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
