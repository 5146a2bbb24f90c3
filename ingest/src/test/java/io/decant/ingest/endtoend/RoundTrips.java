package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * A well-behaved client, which sends a record, waits for its acknowledgement, and so on: how long that takes before
 * others press the server, and while they do. It needs {@code ack: count}, and is connected before they are. It sends
 * at fixed times, unless the answer to the record before is late, so that it takes a small part of a processor.
 */
final class RoundTrips implements AutoCloseable {

    /** Of what the latencies of a round are a sample. */
    enum Sampling {
        /**
         * All moments of it. Who waits for an answer sends nothing meanwhile, and would count a stall as one slow
         * answer, however long it is; so each record counts that would have been sent and would have waited for the
         * rest of it.
         */
        OF_TIME,
        /** The records that were sent. */
        OF_RECORDS
    }

    /** After so many, the code that serves them is compiled. */
    private static final int WARM_UP = 1_000;

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Latencies of a round: about that many intervals. */
    private static final int ROUND = 200;
    /** How often a pressure must be felt during a round. */
    private static final int FELT_MIN = 5;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Latencies latencies = new Latencies();
    private final Sampling sampling;
    private final byte[] beginning;
    private final Socket socket;
    private final OutputStream out;
    private final BufferedReader in;
    private int records;

    RoundTrips(PressedServer server) throws IOException {
        this(server, Sampling.OF_TIME, "");
    }

    /**
     * @param beginning of each record, which is written by itself unless it is empty; it needs memory for unfinished
     * lines
     */
    RoundTrips(PressedServer server, Sampling sampling, String beginning) throws IOException {
        this.sampling = sampling;
        this.beginning = beginning.getBytes(StandardCharsets.US_ASCII);
        socket = server.connect();
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        for (int i = 0; i < WARM_UP; i++) {
            roundTrip();
        }
    }

    /** Records sent and acknowledged so far. */
    int records() {
        return records;
    }

    /** Presses the server and lets go of it, in turns; latency must be as usual. At the end it is not pressed. */
    void assertAsUsualUnder(Pressure pressure) throws Exception {
        while (latencies.needMore()) {
            before();
            pressure.begin();
            try (Presser presser = new Presser(pressure)) {
                long felt = pressure.felt();
                pressed(() -> {
                    presser.check();
                    return pressure.felt() - felt >= FELT_MIN;
                });
            }
            pressure.end();
        }
        assertAsUsual();
    }

    /** A round before anything presses the server. */
    void before() throws Exception {
        latencies.addBefore(round(() -> true));
    }

    /**
     * A round while the server is pressed.
     *
     * @param enough whether the round was pressed enough; if not, it goes on
     */
    void pressed(Callable<Boolean> enough) throws Exception {
        latencies.addPressed(round(enough));
    }

    /** Whether there are to be more rounds. */
    boolean needMore() {
        return latencies.needMore();
    }

    /** Those under pressure against those before, of all rounds. */
    void assertAsUsual() {
        assertThat(latencies.areAsUsual()).as(latencies.toString()).isTrue();
    }

    private long[] round(Callable<Boolean> enough) throws Exception {
        LongStream.Builder nanos = LongStream.builder();
        long begun = System.nanoTime();
        do {
            assertThat(System.nanoTime() - begun)
                    .as("nanoseconds until the pressure was felt")
                    .isLessThan(PATIENCE_NANOS);
            part(nanos);
        } while (!enough.call());
        return nanos.build().toArray();
    }

    private void part(LongStream.Builder nanos) throws IOException {
        long due = System.nanoTime();
        for (int i = 0; i < ROUND; ) {
            long sent = awaitTime(due);
            roundTrip();
            long now = System.nanoTime();
            long took = now - sent;
            do {
                nanos.add(took);
                i++;
                took -= INTERVAL_NANOS;
            } while (sampling == Sampling.OF_TIME && took >= INTERVAL_NANOS);
            due = Math.max(due + INTERVAL_NANOS, now);
        }
    }

    private static long awaitTime(long due) {
        long now = System.nanoTime();
        while (now - due < 0) {
            LockSupport.parkNanos(due - now);
            now = System.nanoTime();
        }
        return now;
    }

    private void roundTrip() throws IOException {
        if (beginning.length > 0) {
            out.write(beginning);
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
