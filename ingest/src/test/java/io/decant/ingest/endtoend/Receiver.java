package io.decant.ingest.endtoend;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP receiver that remembers what it took by idempotency key, and can be slow, refuse and break off. */
final class Receiver implements AutoCloseable {

    /** A part as it came first; parts are compared by their bodies alone, and never as records. */
    @SuppressWarnings("ArrayRecordComponent")
    record Part(long batch, int bucket, int buckets, long first, int records, String window, byte[] body) {

        /** The records, as the bytes between newlines. */
        List<byte[]> lines() {
            List<byte[]> lines = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < body.length; i++) {
                if (body[i] == '\n') {
                    lines.add(Arrays.copyOfRange(body, from, i));
                    from = i + 1;
                }
            }
            return lines;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final Random random;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private int faults;
    private boolean away;
    private int repeats;
    private int records;

    /** @param faultPercent how many of 100 requests fail in one way or another */
    Receiver(Random random, int faultPercent) throws IOException {
        this.random = random;
        this.faults = faultPercent;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/buckets", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/buckets";
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int fate;
        synchronized (this) {
            fate = away ? 0 : random.nextInt(100) < faults ? random.nextInt(4) : -1;
            if (fate != 0) {
                take(exchange.getRequestHeaders(), body);
            }
            notifyAll();
        }
        if (fate == 0) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
        } else if (fate == 1) {
            // Taken, but the answer never arrives.
            exchange.getResponseBody().close();
        } else if (fate == 2) {
            exchange.sendResponseHeaders(500, -1);
        } else {
            exchange.sendResponseHeaders(200, -1);
        }
        exchange.close();
    }

    private void take(Headers headers, byte[] body) {
        String key = headers.getFirst("Idempotency-Key");
        Part part = new Part(
                Long.parseLong(headers.getFirst("Decant-Batch")),
                Integer.parseInt(headers.getFirst("Decant-Bucket")),
                Integer.parseInt(headers.getFirst("Decant-Buckets")),
                Long.parseLong(headers.getFirst("Decant-First")),
                Integer.parseInt(headers.getFirst("Decant-Records")),
                headers.getFirst("Decant-Window"),
                body);
        Part before = parts.putIfAbsent(key, part);
        if (before == null) {
            records += part.records();
        } else {
            repeats++;
            if (before.batch() != part.batch()
                    || before.bucket() != part.bucket()
                    || before.first() != part.first()
                    || !before.window().equals(part.window())
                    || !Arrays.equals(before.body(), body)) {
                violations.add(key + " came again with another content");
            }
        }
        if (part.lines().size() != part.records()) {
            violations.add(key + " announces " + part.records() + " records and holds "
                    + part.lines().size());
        }
    }

    synchronized void becomeHealthy() {
        faults = 0;
        away = false;
    }

    /** Refuses everything until it becomes healthy. */
    synchronized void beAway() {
        away = true;
    }

    /** Waits until this many records were taken. */
    synchronized void awaitRecords(int count, long millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + millisMax * 1_000_000;
        while (records < count) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(
                        "only " + records + " of " + count + " records were delivered within " + millisMax + " ms");
            }
            wait(left);
        }
    }

    synchronized List<Part> parts() {
        return List.copyOf(parts.values());
    }

    /** Frees the memory of the parts that it has; they still count as records. */
    synchronized void forgetParts() {
        parts.clear();
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int repeats() {
        return repeats;
    }

    synchronized int records() {
        return records;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
