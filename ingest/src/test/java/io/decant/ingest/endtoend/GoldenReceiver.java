package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.receiver.TestReceiver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real HTTP receiver that keeps every request that it has answered for good, each key once. */
final class GoldenReceiver implements AutoCloseable {

    /** What no receiver of these tests takes: a record that holds it is refused. */
    static final String POISON = "poison";

    private static final int ACCEPTED = 200;
    private static final int REFUSED = 422;
    private static final int AWAY = 503;
    private static final int THREADS = 8;

    /** A request that was answered for good. */
    record Answered(ReceivedRequest request, Map<String, String> headers, int status) {

        private boolean isSame(Answered other) {
            return request.isSame(other.request) && headers.equals(other.headers) && status == other.status;
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

    private final TestReceiver http;
    private final Map<String, Answered> requests = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private Answers answers;
    private int refused;

    GoldenReceiver(Answers answers) throws IOException {
        this.answers = answers;
        this.http = new TestReceiver(THREADS, this::answer);
    }

    String url() {
        return http.url();
    }

    synchronized void answer(Answers next) {
        answers = next;
    }

    private synchronized int answer(ReceivedRequest request) {
        int status = answers.status(request.path(), new String(request.bytes(), ISO_8859_1));
        if (status == AWAY) {
            refused++;
            return status;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String name : HEADERS) {
            String value = request.header(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        String key = request.path() + ' ' + headers.get("Idempotency-Key");
        Answered answered = new Answered(request, headers, status);
        Answered before = requests.putIfAbsent(key, answered);
        if (before != null && !before.isSame(answered)) {
            violations.add(key + " came again with another content");
        }
        return status;
    }

    /** What came, each key once, in the order of paths and keys. */
    synchronized List<Answered> requests() {
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
        http.close();
    }
}
