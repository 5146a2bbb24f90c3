package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines that are never finished and hold all the memory that there is for such: whoever needs some makes the server end
 * the oldest, and in its place another is begun.
 */
final class UnfinishedLines implements Pressure {

    static final int LINE_BYTES = 1 << 20;
    /** Lines of {@value #LINE_BYTES} bytes that fit, by default. */
    static final int LINES_MAX = 64;

    /** Those included that are ended and have not been told yet. */
    private static final int SOCKETS_MAX = 2 * LINES_MAX;

    private static final byte[] LINE = "x".repeat(LINE_BYTES).getBytes(StandardCharsets.US_ASCII);

    private final PressedServer server;
    private final Queue<Socket> holders = new ArrayDeque<>();
    private final int stepsBetween;
    private int steps;
    private final AtomicLong ended = new AtomicLong();

    /**
     * @param stepsBetween after so many steps a line is begun beside those in place of others; 0: only other clients
     *     make the server end lines
     */
    UnfinishedLines(PressedServer server, int stepsBetween) {
        this.server = server;
        this.stepsBetween = stepsBetween;
    }

    /** One after the other, so that the server, too, takes the first for the oldest. */
    @Override
    public void begin() throws IOException {
        while (holders.size() < LINES_MAX) {
            hold();
            server.awaitUnfinished(holders.size() * (long) LINE_BYTES);
        }
    }

    @Override
    public void goOn() throws IOException {
        while (isOldestEnded() || holders.size() >= SOCKETS_MAX) {
            takeAnswer();
        }
        boolean isDue = stepsBetween > 0 && ++steps % stepsBetween == 0;
        while (isDue || holders.size() < LINES_MAX) {
            hold();
            isDue = false;
        }
    }

    private boolean isOldestEnded() throws IOException {
        return !holders.isEmpty() && holders.element().getInputStream().available() > 0;
    }

    /** Waits until the oldest is told that it is ended. */
    void takeAnswer() throws IOException {
        try (Socket oldest = holders.remove()) {
            assertThat(new String(oldest.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("ERR 0 busy ");
            ended.incrementAndGet();
        }
    }

    private void hold() throws IOException {
        Socket holder = server.connect();
        holders.add(holder);
        holder.getOutputStream().write(LINE);
    }

    /** Lines that were ended for the sake of others. */
    @Override
    public long felt() {
        return ended.get();
    }

    @Override
    public void end() throws IOException {
        close();
        server.awaitUnfinished(0);
    }

    /** By resets: at an end of input a line would be a record. */
    @Override
    public void close() throws IOException {
        for (Socket holder : holders) {
            holder.setSoLinger(true, 0);
            holder.close();
        }
        holders.clear();
    }
}
