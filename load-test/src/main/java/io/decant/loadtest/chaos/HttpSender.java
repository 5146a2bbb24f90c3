package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Requests one behind the other, each sent again, under its key or with its place in the session, until it is
 * answered with 200.
 */
final class HttpSender extends ChaosSender {

    /** How a request is taken once. */
    enum Way {
        KEY,
        SESSION
    }

    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final int BODY_RECORDS_MAX = 200;
    /** A request with its key is under way, or a server is busy, paused or ending. */
    private static final Set<Integer> COME_AGAIN = Set.of(409, 429, 503);

    private static final int OK = 200;

    private final URI url;
    private final String stream;
    private final Way way;
    private volatile long sent;
    private volatile long acknowledged;

    HttpSender(String stream, int port, Way way, int rate) {
        super(stream, rate);
        this.stream = stream;
        this.url = URI.create("http://127.0.0.1:" + port + "/");
        this.way = way;
    }

    @Override
    public void run() {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_MAX)
                .build();
        while (!isStopping()) {
            // Of many sizes, and the same at each try.
            int records = 1 + (int) (acknowledged * 31 % BODY_RECORDS_MAX);
            pace(records);
            StringBuilder body = new StringBuilder();
            for (long i = acknowledged; i < acknowledged + records; i++) {
                body.append(new ChaosRecord(stream, i).json()).append('\n');
            }
            sent = acknowledged + records;
            while (!isTaken(http, body.toString(), records)) {
                if (isAbandoned()) {
                    return;
                }
                pause();
            }
            acknowledged = sent;
        }
    }

    private boolean isTaken(HttpClient http, String body, int records) {
        try {
            HttpResponse<String> answer = http.send(request(body), HttpResponse.BodyHandlers.ofString(US_ASCII));
            if (answer.statusCode() == OK) {
                check(answer, records);
                return true;
            }
            if (!COME_AGAIN.contains(answer.statusCode())) {
                violated("answered " + answer.statusCode() + " " + answer.body());
            }
            return false;
        } catch (IOException e) {
            // The server is down or suspended; that is what keys and sessions are for.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandon();
            return false;
        }
    }

    private HttpRequest request(String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(ANSWER_MAX)
                .POST(HttpRequest.BodyPublishers.ofString(body, US_ASCII));
        return switch (way) {
            case KEY ->
                request.header("Idempotency-Key", stream + "-" + acknowledged).build();
            case SESSION ->
                request.header("Decant-Session", "chaos-" + stream)
                        .header("Decant-First", Long.toString(acknowledged))
                        .build();
        };
    }

    private void check(HttpResponse<String> answer, int records) {
        if (!answer.body().equals("{\"records\":" + records + "}")) {
            violated("a body of " + records + " records was answered " + answer.body());
        }
        long next = answer.headers().firstValueAsLong("Decant-Next").orElse(sent);
        if (next != sent) {
            violated("record " + sent + " comes next, and the answer says " + next);
        }
    }

    @Override
    Map<String, Long> sent() {
        return Map.of(stream, sent);
    }

    @Override
    long acknowledged() {
        return acknowledged;
    }
}
