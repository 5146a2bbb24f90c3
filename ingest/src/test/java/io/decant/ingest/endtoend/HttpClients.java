package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Clients of an HTTP source that send each body until it is answered with success, each on a thread of its own. */
final class HttpClients implements AutoCloseable {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final URI url;
    private final List<Client> clients;
    private final Thread[] threads;
    private volatile int allowed;
    private volatile boolean stopped;
    private volatile String violation = "";

    /** How a client has its records taken once. */
    enum Way {
        KEY,
        SESSION
    }

    /** @param bodies of each client; lines */
    HttpClients(int port, List<Way> ways, List<List<String>> bodies) {
        url = URI.create("http://127.0.0.1:" + port + "/");
        clients = IntStream.range(0, ways.size())
                .mapToObj(i -> new Client(i, ways.get(i), bodies.get(i)))
                .toList();
        threads = clients.stream()
                .map(client -> new Thread(client, "http-client"))
                .toArray(Thread[]::new);
        for (Thread thread : threads) {
            thread.start();
        }
    }

    /** Lets each send its first {@code count} bodies. */
    void allow(int count) {
        allowed = count;
    }

    /** Bodies that all clients together have had taken. */
    int taken() {
        return clients.stream().mapToInt(client -> client.taken.get()).sum();
    }

    /** Requests that were sent again. */
    int repeats() {
        return clients.stream().mapToInt(client -> client.repeats.get()).sum();
    }

    /** What the server did that it must not; empty if nothing. */
    String violation() {
        return violation;
    }

    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        stopped = true;
    }

    private final class Client implements Runnable {

        private final int number;
        private final Way way;
        private final List<String> bodies;
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger repeats = new AtomicInteger();
        private long next;

        Client(int number, Way way, List<String> bodies) {
            this.number = number;
            this.way = way;
            this.bodies = bodies;
        }

        @Override
        public void run() {
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build();
            while (taken.get() < bodies.size() && !stopped && violation.isEmpty()) {
                if (taken.get() < allowed) {
                    send(http, bodies.get(taken.get()));
                } else {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
            }
        }

        private void send(HttpClient http, String body) {
            int lines = (int) body.chars().filter(c -> c == '\n').count();
            for (boolean first = true; !stopped; first = false) {
                if (!first) {
                    repeats.incrementAndGet();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
                try {
                    HttpResponse<String> answer =
                            http.send(request(body), HttpResponse.BodyHandlers.ofString(ISO_8859_1));
                    if (answer.statusCode() == 200) {
                        check(answer, lines);
                        return;
                    }
                    if (answer.statusCode() != 409 && answer.statusCode() != 503) {
                        violation = "answered " + answer.statusCode() + " " + answer.body();
                        return;
                    }
                } catch (IOException e) {
                    // The server is gone or not back yet; that is what keys and sessions are for.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        private HttpRequest request(String body) {
            HttpRequest.Builder request = HttpRequest.newBuilder(url)
                    .timeout(ANSWER_MAX)
                    .POST(HttpRequest.BodyPublishers.ofString(body, ISO_8859_1));
            return switch (way) {
                case KEY ->
                    request.header("Idempotency-Key", "client-" + number + "-" + taken.get())
                            .build();
                case SESSION ->
                    request.header("Decant-Session", "client-" + number)
                            .header("Decant-First", Long.toString(next))
                            .build();
            };
        }

        private void check(HttpResponse<String> answer, int lines) {
            if (!answer.body().equals("{\"records\":" + lines + "}")) {
                violation = "a body of " + lines + " records was answered " + answer.body();
            }
            next += lines;
            long said = answer.headers().firstValueAsLong("Decant-Next").orElse(next);
            if (said != next) {
                violation = "record " + next + " comes next, and the answer says " + said;
            }
            taken.incrementAndGet();
        }
    }
}
