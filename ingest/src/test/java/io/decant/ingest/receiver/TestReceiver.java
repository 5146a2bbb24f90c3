package io.decant.ingest.receiver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server on the loopback that shows each request to a test and answers what that says. */
public final class TestReceiver implements AutoCloseable {

    /** In the place of a status: the connection ends, and no answer comes. */
    public static final int NO_ANSWER = 0;

    /** In the place of a status: 503, with a {@code Retry-After} of no time. */
    public static final int RETRY_NOW = 1;

    private static final int UNAVAILABLE = 503;

    /** Says what becomes of a request; as many threads ask at a time as the receiver has. */
    public interface Handler {

        /** Its status, {@link #NO_ANSWER} or {@link #RETRY_NOW}. */
        int answer(ReceivedRequest request);
    }

    private final HttpServer server;
    private final ExecutorService executor;
    private final Handler handler;

    /** @param threads requests that it answers at a time */
    public TestReceiver(int threads, Handler handler) throws IOException {
        this.executor = Executors.newFixedThreadPool(threads);
        this.handler = handler;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::take);
        server.start();
    }

    /** Without a path. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
            byte[] body = exchange.getRequestBody().readAllBytes();
            int status =
                    handler.answer(new ReceivedRequest(exchange.getRequestURI().getPath(), headers, body));
            if (status == NO_ANSWER) {
                exchange.getResponseBody().close();
                return;
            }
            if (status == RETRY_NOW) {
                exchange.getResponseHeaders().set("Retry-After", "0");
                status = UNAVAILABLE;
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
