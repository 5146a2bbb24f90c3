package io.decant.ingest.sink.http;

import io.decant.ingest.sink.http.RawReceiver.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/**
 * An OAuth 2.0 server and a receiver that takes its tokens, both on loopback. Each token differs from the others, and is
 * good until the test revokes it.
 */
final class TokenServer implements AutoCloseable {

    private static final String TAKEN = "HTTP/1.1 204 No Content\r\n\r\n";

    private final RawReceiver endpoint;
    private final RawReceiver receiver;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger underWayMax = new AtomicInteger();
    private final Set<String> good = ConcurrentHashMap.newKeySet();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Received> requests = new CopyOnWriteArrayList<>();

    private volatile String failure = "";
    private volatile String members = ",\"token_type\":\"Bearer\",\"expires_in\":3600";
    private volatile boolean issuesGoodTokens = true;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    TokenServer() throws IOException {
        this(ServerSocketFactory.getDefault());
    }

    TokenServer(ServerSocketFactory endpointSockets) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        endpoint = new RawReceiver(endpointSockets, loopback, this::issue);
        receiver = new RawReceiver(ServerSocketFactory.getDefault(), loopback, this::receive);
    }

    URI tokenUrl() {
        return endpoint.url("http", "localhost");
    }

    URI receiverUrl() {
        return receiver.url("http", "localhost");
    }

    /** Requests at the token endpoint. */
    List<Received> requests() {
        return requests;
    }

    int asked() {
        return asked.get();
    }

    /** Most requests for a token that were under way at a time. */
    int underWayMax() {
        return underWayMax.get();
    }

    /** What stood in {@code Authorization} of each request that the receiver took or refused. */
    List<String> seen() {
        return seen;
    }

    /** No token that was given so far is good any more. */
    void revoke() {
        good.clear();
    }

    /** From here on it gives tokens that the receiver refuses. */
    void giveBadTokens() {
        issuesGoodTokens = false;
        revoke();
    }

    void giveGoodTokens() {
        issuesGoodTokens = true;
    }

    /** @param raw what it answers in place of a token; empty: it gives tokens */
    void fail(String raw) {
        failure = raw;
    }

    /** What the answer has beside the token. */
    void members(String json) {
        members = json;
    }

    /** Answers wait until it is opened. */
    void shut() {
        gate = new CountDownLatch(1);
    }

    void open() {
        gate.countDown();
    }

    private void issue(RawReceiver.Connection connection) throws IOException {
        for (Received request = connection.takeRequest(); request != null; request = connection.takeRequest()) {
            requests.add(request);
            int number = asked.incrementAndGet();
            underWayMax.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            TransportHarness.awaitLatch(gate);
            underWay.decrementAndGet();
            if (!failure.isEmpty()) {
                connection.send(failure);
                return;
            }
            String token = "token-" + number;
            if (issuesGoodTokens) {
                good.add("Bearer " + token);
            }
            connection.answer(
                    200, "Content-Type: application/json\r\n", "{\"access_token\":\"" + token + '"' + members + "}");
        }
    }

    private void receive(RawReceiver.Connection connection) throws IOException {
        for (Received request = connection.takeRequest(); request != null; request = connection.takeRequest()) {
            String token = request.headers().getOrDefault("Authorization", "none");
            boolean isGood = good.contains(token);
            seen.add(token);
            if (isGood) {
                connection.send(TAKEN);
            } else {
                connection.answer(401, "", "no longer: " + token);
            }
        }
    }

    @Override
    public void close() throws IOException {
        gate.countDown();
        endpoint.close();
        receiver.close();
    }
}
