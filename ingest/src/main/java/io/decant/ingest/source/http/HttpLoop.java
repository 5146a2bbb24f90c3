package io.decant.ingest.source.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop: the connections on it, the requests that wait for room in the journal's queue, and those that were
 * synced and are to be answered. However many blocks were synced, the loop runs one task. Belongs to the loop unless
 * said otherwise.
 */
final class HttpLoop extends VerticleBase {

    private static final long TICK_MILLIS = 250;
    private static final int QUEUE_CHUNK = 1_024;
    private static final long LINGER_BRIEFLY_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(HttpSource.class);

    private final HttpContext shared;
    private final HttpServerOptions options;
    private final SocketAddress address;
    private final Handler<Throwable> onConnectionFailed;
    private final IdentityHashMap<HttpConnection, HttpPeer> peers = new IdentityHashMap<>();
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();

    /** Holds each request at most once, so the connections bound it. */
    private final MpscUnboundedArrayQueue<Exchange> due = new MpscUnboundedArrayQueue<>(QUEUE_CHUNK);

    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private HttpServer server;
    private Context home;
    private int exchanges;

    /** Why nothing is taken any more; null while it is. */
    private Refusal closing;

    /** Whether the wake-up of the journal's queue is under way. Written by the loop alone. */
    private volatile boolean isShort;

    /**
     * @param address the same for all loops of a source, which share its port
     * @param onConnectionFailed told of a connection that failed before a request came
     */
    HttpLoop(
            HttpContext shared,
            HttpServerOptions options,
            SocketAddress address,
            Handler<Throwable> onConnectionFailed) {
        this.shared = shared;
        this.options = options;
        this.address = address;
        this.onConnectionFailed = onConnectionFailed;
    }

    @Override
    public Future<?> start() {
        home = context;
        Vertx here = vertx;
        here.setPeriodic(TICK_MILLIS, timer -> tick());
        server = here.createHttpServer(options)
                .connectionHandler(this::opened)
                .exceptionHandler(onConnectionFailed)
                .requestHandler(this::begin);
        return server.listen(address);
    }

    /** New connections are made with these. Any thread. */
    void show(ServerSSLOptions ssl) {
        server.updateSSLOptions(ssl)
                .onFailure(failed ->
                        log.warn("source {}: the certificate stays as it was: {}", shared.source(), failed.toString()));
    }

    /** The port that is really bound. Any thread, once it is started. */
    int port() {
        return server.actualPort();
    }

    private void opened(HttpConnection connection) {
        PeerLimit.Admission admission = shared.limit().opened();
        HttpPeer peer = new HttpPeer(connection, admission, nowNanos());
        peers.put(connection, peer);
        connection.closeHandler(closed -> closed(connection));
        if (admission == PeerLimit.Admission.CLOSED || closing != null) {
            shared.counters().refused();
            peer.close();
        }
    }

    private void closed(HttpConnection connection) {
        HttpPeer peer = peers.remove(connection);
        if (peer != null) {
            shared.limit().closed();
            peer.closed();
            peer.exchanges().forEach(Exchange::clientGone);
        }
    }

    private void begin(HttpServerRequest request) {
        HttpPeer peer = peers.get(request.connection());
        if (peer == null) {
            var unused = request.connection().close();
            return;
        }
        if (request.response().writeQueueFull()) {
            // It sends on and reads none of its answers, which would have to be kept.
            peer.cut();
            return;
        }
        Exchange exchange = new Exchange(shared, this, peer, request);
        exchanges++;
        peer.began(exchange);
        exchange.begin(nowNanos());
    }

    /**
     * Whether requests of a connection are taken.
     *
     * @throws RefusedException where not
     */
    void checkOpen(HttpPeer peer) throws RefusedException {
        if (closing != null) {
            throw new RefusedException(closing);
        }
        if (!peer.isServed()) {
            throw new RefusedException(Refusal.retry(
                    503,
                    "too-many-connections",
                    "there are " + shared.limit().servedMax() + " already, which is max-connections"));
        }
    }

    /** Nothing is left of a request. */
    void ended(Exchange exchange, HttpPeer peer) {
        peer.ended(exchange, nowNanos());
        exchanges--;
        endIfIdle();
    }

    long nowNanos() {
        return System.nanoTime();
    }

    /** How long a client is listened to after its answer. */
    long lingerNanos() {
        return closing == null ? Exchange.LINGER_NANOS_MAX : LINGER_BRIEFLY_NANOS_MAX;
    }

    boolean isClosing() {
        return closing != null;
    }

    /** Whether requests wait for room. Any thread. */
    boolean isShort() {
        return isShort;
    }

    /** Does something that takes long on another thread; completes on this loop. */
    <T> Future<T> runBlocking(Callable<T> work) {
        return home.executeBlocking(work, false);
    }

    /** Has {@link Exchange#roomAgain} called when it is its turn. */
    void awaitRoom(Exchange exchange) {
        waiting.add(exchange);
        askForRoom();
    }

    private void askForRoom() {
        if (!isShort) {
            isShort = true;
            shared.intake().whenRoom(() -> run(nothing -> roomAgain()));
        }
    }

    private void roomAgain() {
        isShort = false;
        while (!waiting.isEmpty() && waiting.peek().roomAgain()) {
            waiting.remove();
        }
        if (!waiting.isEmpty()) {
            askForRoom();
        }
    }

    /** Has {@link Exchange#settle} called soon. Any thread. */
    void wake(Exchange exchange) {
        if (!exchange.due().getAndSet(true)) {
            due.offer(exchange);
            if (scheduled.compareAndSet(false, true)) {
                run(nothing -> settleDue());
            }
        }
    }

    private void settleDue() {
        scheduled.set(false);
        for (Exchange exchange = due.poll(); exchange != null; exchange = due.poll()) {
            exchange.due().set(false);
            exchange.settle();
        }
    }

    private void tick() {
        long now = nowNanos();
        long idleMax = shared.settings().idleTimeout().toNanos();
        for (HttpPeer peer : List.copyOf(peers.values())) {
            if (peer.isOverdue(now, idleMax)) {
                peer.cut();
            } else if (!peer.isIdle()) {
                peer.exchanges().forEach(exchange -> exchange.tick(now));
            }
        }
    }

    /** Takes no more; requests whose bodies have come go on. Any thread. */
    void drain(Refusal refusal) {
        run(nothing -> {
            close(refusal);
            List.copyOf(peers.values()).forEach(peer -> peer.exchanges().forEach(exchange -> exchange.drain(refusal)));
            endIfIdle();
        });
    }

    /** Ends all at once. Any thread. */
    void abort(Refusal refusal) {
        run(nothing -> {
            close(refusal);
            List.copyOf(peers.values()).forEach(peer -> peer.exchanges().forEach(exchange -> exchange.abort(refusal)));
            waiting.clear();
            endIfIdle();
        });
    }

    private void close(Refusal refusal) {
        closing = refusal;
        List.copyOf(peers.values()).stream().filter(HttpPeer::isIdle).forEach(HttpPeer::close);
    }

    private void endIfIdle() {
        if (closing != null && exchanges == 0) {
            ended.complete(null);
        }
    }

    /** Completes when it takes no more, and nothing is left of any request. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void run(Handler<Void> task) {
        try {
            home.runOnContext(task);
        } catch (RejectedExecutionException e) {
            // The source has ended, and nobody is there to be told.
            log.debug("source {}: {}", shared.source(), e.toString());
        }
    }
}
