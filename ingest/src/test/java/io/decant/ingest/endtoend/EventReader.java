package io.decant.ingest.endtoend;

import io.decant.ingest.history.ToldBatches;
import io.decant.ingest.history.ToldEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads {@code /events} as a browser does: whenever the connection ends, it asks for what came after the last one. */
final class EventReader implements Runnable, AutoCloseable {

    /** More than the time between two heartbeats. */
    private static final int SILENCE_MILLIS_MAX = 60_000;

    private final int port;
    private final Thread thread = new Thread(this, "event-reader");
    /** Of these events, those of batches are all for the one sink. */
    private final ToldBatches told = new ToldBatches((sink, batch) -> true);

    private volatile boolean closed;
    private volatile Socket socket;
    private String lastId = "";
    private String violation = "";
    private int connections;

    EventReader(int adminPort) {
        this.port = adminPort;
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        while (!closed) {
            try (Socket connection = new Socket()) {
                socket = connection;
                connection.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                connection.setSoTimeout(SILENCE_MILLIS_MAX);
                read(connection);
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private void read(Socket connection) throws IOException {
        String ask = "GET /events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + lastId() + "\r\n\r\n";
        connection.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder frame = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("HTTP/1.1 200 ")) {
                connected();
            }
            frame.append(line).append('\n');
            // What breaks off in the middle is none.
            if (line.isEmpty()) {
                ToldEvent.in(frame.toString().getBytes(StandardCharsets.UTF_8)).forEach(this::take);
                frame.setLength(0);
            }
        }
    }

    /** A reader that has had nothing must not begin with what happens next: that would be a hole that nobody says. */
    private synchronized String lastId() {
        return lastId.isEmpty() ? "0" : lastId;
    }

    private synchronized void connected() {
        connections++;
    }

    private synchronized void take(ToldEvent event) {
        lastId = event.id();
        try {
            told.take(event);
        } catch (AssertionError e) {
            violation = violation.isEmpty() ? e.getMessage() : violation;
        }
        notifyAll();
    }

    /** Waits until it knows that the sink has a batch. */
    synchronized void awaitCompleted(String sink, long batch, long millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (told.completedUpTo(sink) < batch && violation.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("the sink is known to have " + told.completedUpTo(sink) + ", not " + batch);
            }
            wait(left);
        }
    }

    /** What it was told; once it is {@linkplain #close() closed}. */
    ToldBatches told() {
        return told;
    }

    /** What was told and cannot be; empty where all fits. */
    synchronized String violation() {
        return violation;
    }

    synchronized int connections() {
        return connections;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        closed = true;
        Socket connection = socket;
        if (connection != null) {
            connection.close();
        }
        thread.join();
    }
}
