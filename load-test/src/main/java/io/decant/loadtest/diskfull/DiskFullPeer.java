package io.decant.loadtest.diskfull;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The process beside the server: a session client, and an HTTP server that takes buckets at {@code /buckets} and orders
 * from the script: {@code /server?PORT}, {@code /goal?RECORDS}, {@code /answer?STATUS} to buckets, and {@code /counts}.
 */
public final class DiskFullPeer {

    private static final int THREADS = 8;

    private final DiskFullLedger ledger = new DiskFullLedger();
    private final Client client = new Client(ledger);
    private volatile int answer = 200;

    private DiskFullPeer() {}

    /** Prints the port that it listens on, then serves until it is killed. */
    public static void main(String[] arguments) throws IOException {
        DiskFullPeer peer = new DiskFullPeer();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        server.setExecutor(threads);
        server.createContext("/buckets", peer::takeBucket);
        server.createContext("/", peer::order);
        server.start();
        System.out.println(server.getAddress().getPort());
        new Thread(peer.client, "client").start();
    }

    private void takeBucket(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int status = answer;
            if (status == 200) {
                ledger.take(exchange.getRequestHeaders().getFirst("Idempotency-Key"), body);
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private void order(HttpExchange exchange) throws IOException {
        try (exchange) {
            String value = exchange.getRequestURI().getQuery();
            switch (exchange.getRequestURI().getPath()) {
                case "/server" -> client.port(Integer.parseInt(value));
                case "/goal" -> client.goal(Long.parseLong(value));
                case "/answer" -> answer = Integer.parseInt(value);
                case "/counts" -> {}
                default -> {
                    exchange.sendResponseHeaders(404, -1);
                    return;
                }
            }
            byte[] counts = (ledger + "\n").getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, counts.length);
            exchange.getResponseBody().write(counts);
        }
    }
}
