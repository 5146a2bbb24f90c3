package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP receiver that keeps every request that it has answered for good, each key once. */
final class GoldenReceiver implements AutoCloseable {

    /** What no receiver of these tests takes: a record that holds it is refused. */
    static final String POISON = "poison";

    private static final int ACCEPTED = 200;
    private static final int REFUSED = 422;
    private static final int AWAY = 503;
    private static final int THREADS = 8;

    /** A request that was answered for good. Bodies are compared as bytes. */
    @SuppressWarnings("ArrayRecordComponent")
    record Request(String path, Map<String, String> headers, byte[] body, int status) {

        private boolean isSame(Request other) {
            return path.equals(other.path)
                    && headers.equals(other.headers)
                    && Arrays.equals(body, other.body)
                    && status == other.status;
        }
    }

    /** Says which status a request gets. */
    interface Answers {
        int status(String path, String body);
    }

    /** Takes everything but {@link #POISON}. */
    static final Answers TAKES = (path, body) -> body.contains(POISON) ? REFUSED : ACCEPTED;

    /** As a receiver that is down. */
    static final Answers IS_AWAY = (path, body) -> AWAY;

    private static final List<String> HEADERS = List.of(
            "Idempotency-Key",
            "Decant-Batch",
            "Decant-Bucket",
            "Decant-Buckets",
            "Decant-First",
            "Decant-Records",
            "Decant-Window",
            "Content-Type",
            "Content-Encoding");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final Map<String, Request> requests = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private Answers answers;
    private int refused;

    GoldenReceiver(Answers answers) throws IOException {
        this.answers = answers;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized void answer(Answers next) {
        answers = next;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        exchange.sendResponseHeaders(take(exchange, path, body), -1);
        exchange.close();
    }

    private synchronized int take(HttpExchange exchange, String path, byte[] body) {
        int status = answers.status(path, new String(body, ISO_8859_1));
        if (status == AWAY) {
            refused++;
            return status;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String name : HEADERS) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        String key = path + ' ' + headers.get("Idempotency-Key");
        Request request = new Request(path, headers, body, status);
        Request before = requests.putIfAbsent(key, request);
        if (before != null && !before.isSame(request)) {
            violations.add(key + " came again with another content");
        }
        return status;
    }

    /** What came, each key once, in the order of paths and keys. */
    synchronized List<Request> requests() {
        return List.copyOf(requests.values());
    }

    synchronized int count() {
        return requests.size();
    }

    /** How many requests were told that the receiver is down. */
    synchronized int refused() {
        return refused;
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
