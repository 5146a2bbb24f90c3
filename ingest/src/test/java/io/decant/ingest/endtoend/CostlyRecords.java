package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Records in which an expression finds no key, after a long search. */
final class CostlyRecords implements Pressure {

    /** Without a match in {@link #RECORD}. */
    static final String EXPRESSION = "(.*).*.*.*.*.*=x";

    static final String RECORD = "x".repeat(75) + "\n";

    /** Records of one step. */
    private static final int STEP = 100;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final PressedServer server;
    private final Receiver receiver;
    private Socket socket;
    private int records;

    CostlyRecords(PressedServer server, Receiver receiver) {
        this.server = server;
        this.receiver = receiver;
    }

    @Override
    public void begin() throws IOException {
        socket = server.connect();
        goOn();
    }

    @Override
    public void goOn() throws IOException {
        socket.getOutputStream().write(RECORD.repeat(STEP).getBytes(StandardCharsets.US_ASCII));
        records += STEP;
        InputStream in = socket.getInputStream();
        in.skipNBytes(in.available());
    }

    /** Records that were sent. */
    int records() {
        return records;
    }

    /** Records that were searched, split and delivered. */
    @Override
    public long felt() {
        return receiver.parts().stream()
                .flatMap(part -> part.lines().stream())
                .filter(line -> line[0] == 'x')
                .count();
    }

    @Override
    public void end() throws IOException {
        close();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (felt() < records) {
            assertThat(System.nanoTime() - deadline)
                    .as("only %d of %d", felt(), records)
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
    }
}
