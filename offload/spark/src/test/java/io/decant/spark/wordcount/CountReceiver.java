package io.decant.spark.wordcount;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes the buckets of words and the lines of counts that a server sends, by batch. */
final class CountReceiver implements AutoCloseable {

    private final HttpServer server;

    /** By path, then by batch, then by idempotency key: a request may come twice. */
    private final Map<String, TreeMap<Long, TreeMap<String, String>>> bodies = new TreeMap<>();

    CountReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        long batch = Long.parseLong(exchange.getRequestHeaders().getFirst("Decant-Batch"));
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        synchronized (this) {
            bodies.computeIfAbsent(exchange.getRequestURI().getPath(), path -> new TreeMap<>())
                    .computeIfAbsent(batch, number -> new TreeMap<>())
                    .put(key, body);
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** A word that occurs n times is in n buckets, and in none of them twice. */
    synchronized List<Map<String, Long>> countsOfBuckets() {
        List<Map<String, Long>> counts = new ArrayList<>();
        bodies.get("/buckets").values().forEach(batch -> {
            Map<String, Long> ofBatch = new TreeMap<>();
            batch.values().forEach(body -> lines(body).forEach(word -> ofBatch.merge(word, 1L, Long::sum)));
            counts.add(ofBatch);
        });
        return counts;
    }

    synchronized List<Map<String, Long>> counts() {
        List<Map<String, Long>> counts = new ArrayList<>();
        bodies.get("/counts").values().forEach(batch -> {
            Map<String, Long> ofBatch = new TreeMap<>();
            batch.values().forEach(body -> lines(body).forEach(line -> {
                JsonNode count = json(line);
                Long before = ofBatch.put(
                        count.get("key").asText(), count.get("count").asLong());
                assertThat(before).as(line).isNull();
            }));
            counts.add(ofBatch);
        });
        return counts;
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(String body) {
        assertThat(body).endsWith("\n");
        return Arrays.asList(body.substring(0, body.length() - 1).split("\n", -1));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
