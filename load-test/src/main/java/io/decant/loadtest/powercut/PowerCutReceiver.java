package io.decant.loadtest.powercut;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.decant.harness.ReceivedPart;
import io.decant.loadtest.powercut.PowerCutLedger.PowerCutPart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The far end of the sink: takes buckets at {@code /buckets}, slowly and not always, so that there is always something
 * undelivered or half delivered when the power goes; answers {@code /report} with what it knows.
 */
final class PowerCutReceiver {

    private static final int THREADS = 8;
    private static final int REFUSED_PERCENT = 3;
    private static final int UNANSWERED_PERCENT = 3;
    private static final int DELAY_MILLIS_MAX = 20;

    private final PowerCutLedger ledger = new PowerCutLedger();
    private final HttpServer server;
    private final Random random;

    private PowerCutReceiver(int port, Random random) throws IOException {
        this.random = random;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    }

    /** @param port 0: any free one */
    static PowerCutReceiver start(int port, Random random) throws IOException {
        PowerCutReceiver receiver = new PowerCutReceiver(port, random);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        receiver.server.setExecutor(threads);
        receiver.server.createContext("/buckets", receiver::takeBucket);
        receiver.server.createContext("/report", receiver::report);
        receiver.server.start();
        return receiver;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void takeBucket(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1);
            int fate;
            int delayMillis;
            synchronized (random) {
                fate = random.nextInt(100);
                delayMillis = random.nextInt(DELAY_MILLIS_MAX + 1);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
            if (fate < REFUSED_PERCENT) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            synchronized (ledger) {
                ledger.take(new PowerCutPart(ReceivedPart.of(exchange.getRequestHeaders()::getFirst), body));
            }
            // Taken, and the server may never hear of it: it has to come again, under the same key.
            boolean answered = fate >= REFUSED_PERCENT + UNANSWERED_PERCENT;
            exchange.sendResponseHeaders(answered ? 200 : 500, -1);
        }
    }

    private void report(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] report;
            synchronized (ledger) {
                report = PowerCutReport.of(ledger).text().getBytes(US_ASCII);
            }
            exchange.sendResponseHeaders(200, report.length);
            exchange.getResponseBody().write(report);
        }
    }
}
