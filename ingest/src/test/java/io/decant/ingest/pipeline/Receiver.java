package io.decant.ingest.pipeline;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A receiver of buckets that answers what it is told to, and keeps what it was sent. */
final class Receiver implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    /** More requests than any test makes. */
    private static final int MANY = 1 << 16;

    /** A request; header names in lower case. */
    record Part(Map<String, String> headers, String body) {
        String header(String name) {
            return headers.get(name);
        }
    }

    private final HttpServer server;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private volatile int status = 200;
    private volatile int linesMax = Integer.MAX_VALUE;
    private final Semaphore permits = new Semaphore(0);
    private volatile boolean slow;

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/buckets");
    }

    /** Answers with this from now on. */
    void answer(int newStatus) {
        status = newStatus;
    }

    /** Refuses what has more lines. */
    void refuseBeyond(int lines) {
        linesMax = lines;
    }

    /** Answers nothing more but what it is {@linkplain #permit permitted}. */
    void slowDown() {
        slow = true;
    }

    /** Lets a slow receiver answer one request more. */
    void permit() {
        permits.release();
    }

    /** Answers whatever comes, and what has come. */
    void speedUp() {
        slow = false;
        permits.release(MANY);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (slow) {
                permits.acquireUninterruptibly();
            }
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int answer = status == 200 && body.lines().count() > linesMax ? 413 : status;
            if (answer == 200) {
                // Before the answer: the server may be through, and a test ask what has come, as soon as it has that.
                parts.add(new Part(headers, body));
            }
            exchange.sendResponseHeaders(answer, -1);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The next part that is answered with 200. */
    Part next() throws InterruptedException {
        Part part = parts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (part == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
        }
        return part;
    }

    /** Whether everything that came was asked for. */
    boolean isEmpty() {
        return parts.isEmpty();
    }

    @Override
    public void close() {
        speedUp();
        server.stop(0);
    }
}
