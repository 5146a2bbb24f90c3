package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.decant.harness.ReceivedPart;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/**
 * The far end of the HTTP sinks, one path for each. It refuses now and then, or takes a request and loses the answer.
 * It can be suspended, and killed and started again at the same port; what it took it keeps.
 */
final class ChaosReceiver implements AutoCloseable {

    private static final int THREADS = 8;
    private static final int REFUSED_PERCENT = 2;
    private static final int UNANSWERED_PERCENT = 2;

    private final int port;
    private final Random random;
    private final Map<String, PartLedger> ledgers = new TreeMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, work -> {
        Thread thread = new Thread(work, "receiver");
        thread.setDaemon(true);
        return thread;
    });
    private final Object suspension = new Object();
    private boolean isSuspended;
    private volatile boolean isHealthy;
    private HttpServer server;

    ChaosReceiver(int port, Random random) {
        this.port = port;
        this.random = random;
    }

    /** Takes what comes to {@code /name}; before the first start. */
    ChaosReceiver with(String name, PartLedger ledger) {
        ledgers.put(name, ledger);
        return this;
    }

    /** Listens. */
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        ledgers.forEach((name, ledger) -> server.createContext("/" + name, exchange -> take(exchange, ledger)));
        server.start();
    }

    /** Closes every connection, whatever is under way. */
    void kill() {
        server.stop(0);
    }

    void suspend() {
        synchronized (suspension) {
            isSuspended = true;
        }
    }

    void resume() {
        synchronized (suspension) {
            isSuspended = false;
            suspension.notifyAll();
        }
    }

    /** From now on every request is answered with success. */
    void becomeHealthy() {
        isHealthy = true;
    }

    private void take(HttpExchange exchange, PartLedger ledger) throws IOException {
        try (exchange) {
            awaitResume();
            String body = body(exchange);
            int fate;
            synchronized (random) {
                fate = isHealthy ? 100 : random.nextInt(100);
            }
            if (fate < REFUSED_PERCENT) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            synchronized (ledger) {
                ledger.take(ReceivedPart.of(exchange.getRequestHeaders()::getFirst), body);
            }
            awaitResume();
            // Taken, and the server may never hear of it: it has to come again, under the same key.
            exchange.sendResponseHeaders(fate < REFUSED_PERCENT + UNANSWERED_PERCENT ? 500 : 200, -1);
        }
    }

    private void awaitResume() throws IOException {
        synchronized (suspension) {
            while (isSuspended) {
                try {
                    suspension.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while suspended", e);
                }
            }
        }
    }

    private static String body(HttpExchange exchange) throws IOException {
        boolean isPacked = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream in = isPacked ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Override
    public void close() {
        kill();
        threads.shutdownNow();
    }
}
