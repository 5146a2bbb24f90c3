package io.decant.ingest.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves the page, with what {@link PageWorld} makes up behind it, below any path. */
final class PageStub implements AutoCloseable {

    private static final String JSON = "application/json";

    /** What a replay is answered. */
    record ReplayReply(int status, String body) {}

    private final HttpServer server;
    private final PageFiles files;
    private final String basePath;
    private final PageWorld world;
    private final List<String> replays = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "page-stub");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean isOpen = true;
    private volatile boolean answers = true;
    private volatile boolean isSignedIn = true;
    private final AtomicInteger busy = new AtomicInteger();
    private volatile CompletableFuture<Void> hasBeenBusy = new CompletableFuture<>();
    private volatile boolean hasRoom = true;
    private volatile ReplayReply replayReply = new ReplayReply(200, """
            {"records": 4, "batches": 2, "sinks": {"api": 3, "warehouse": 1}, "unsettled": 1,
             "unfit": 0, "unknownSink": 0, "newline": 0, "damaged": 0, "notAsked": 2, "waits": ""}
            """);

    PageStub(String basePath) throws IOException {
        this(basePath, 0);
    }

    /** @param downSeconds for how long the receiver of a sink is down by now */
    PageStub(String basePath, int downSeconds) throws IOException {
        this.basePath = basePath;
        this.files = new PageFiles(basePath);
        this.world = new PageWorld(System.currentTimeMillis() / 1000, 48_211, downSeconds);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + basePath + "/";
    }

    PageWorld world() {
        return world;
    }

    /** From now on a batch each second. */
    void run() {
        var unused = clock.scheduleAtFixedRate(
                () -> world.advanceTo(System.currentTimeMillis() / 1000), 0, 100, TimeUnit.MILLISECONDS);
    }

    /** Whether it answers, or drops each connection, those of events included. */
    void setAnswers(boolean answering) {
        answers = answering;
    }

    /** Whether the user is; else everything but files is answered 401. */
    void setSignedIn(boolean signedIn) {
        isSignedIn = signedIn;
    }

    /**
     * Answers so many requests 503.
     *
     * @return done once it has
     */
    CompletableFuture<Void> setBusy(int requests) {
        hasBeenBusy = new CompletableFuture<>();
        busy.set(requests);
        return hasBeenBusy;
    }

    /** Whether there is room for readers of events; else they are answered 503. */
    void setHasRoom(boolean room) {
        hasRoom = room;
    }

    void setReplayReply(int status, String body) {
        replayReply = new ReplayReply(status, body);
    }

    /** The bodies of replays, in their order. */
    List<String> replays() {
        return replays;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            if (!answers) {
                return;
            }
            if (!path.startsWith(basePath + "/")) {
                reply(exchange, 404, Answer.TEXT, "not below the path\n");
                return;
            }
            path = path.substring(basePath.length());
            Answer file = path.equals("/") ? files.index() : files.files().get(path);
            if (file != null) {
                PageFiles.FIELDS.forEach(
                        (name, value) -> exchange.getResponseHeaders().set(name, value));
                reply(exchange, 200, file.type(), new String(file.body(), StandardCharsets.UTF_8));
            } else if (path.equals("/logout") && exchange.getRequestMethod().equals("POST")) {
                isSignedIn = false;
                reply(exchange, 200, Answer.TEXT, "logged out\n");
            } else if (!isSignedIn) {
                reply(exchange, 401, Answer.TEXT, "sign in\n");
            } else if (busy.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                reply(exchange, 503, Answer.TEXT, "busy\n");
                if (busy.get() == 0) {
                    hasBeenBusy.complete(null);
                }
            } else if (path.equals("/events")) {
                if (hasRoom) {
                    events(exchange);
                } else {
                    reply(exchange, 503, Answer.TEXT, "too many readers\n");
                }
            } else if (path.equals("/dlq/replay")) {
                replay(exchange);
            } else {
                data(exchange, path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void data(HttpExchange exchange, String path) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int seconds = query == null ? PageWorld.SECONDS : Integer.parseInt(query.substring("seconds=".length()));
        Optional<JsonObject> found = Optional.empty();
        if (path.startsWith("/batches/")) {
            found = world.batch(Long.parseLong(path.substring("/batches/".length())));
        } else if (path.equals("/history")) {
            found = Optional.of(world.history(seconds));
        } else if (path.equals("/batches")) {
            found = Optional.of(world.batches());
        } else if (path.equals("/status")) {
            found = Optional.of(world.status());
        }
        if (found.isPresent()) {
            reply(exchange, 200, JSON, found.get().encode());
        } else {
            reply(exchange, 404, Answer.TEXT, "not found\n");
        }
    }

    private void events(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.getResponseHeaders().set("cache-control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        String query = exchange.getRequestURI().getQuery();
        String id = after != null ? after : query == null ? "" : query.substring(query.indexOf('=') + 1);
        long number = id.isEmpty() ? world.lastEvent() : Long.parseLong(id.substring("stub-".length()));
        try (OutputStream out = exchange.getResponseBody()) {
            out.write("retry: 200\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            while (isOpen && answers) {
                Optional<PageWorld.Event> next = world.eventAfter(number, 200);
                if (next.isPresent()) {
                    number = next.get().number();
                    String text = "id: stub-%d\nevent: %s\ndata: %s\n\n"
                            .formatted(number, next.get().name(), next.get().data());
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                } else {
                    out.write(": heartbeat\n\n".getBytes(StandardCharsets.UTF_8));
                }
                out.flush();
            }
        }
    }

    private void replay(HttpExchange exchange) throws IOException {
        Map<String, List<String>> fields = exchange.getRequestHeaders();
        boolean isJson = List.of(JSON).equals(fields.get("Content-type"));
        if (!exchange.getRequestMethod().equals("POST") || !isJson) {
            reply(exchange, 415, Answer.TEXT, "only a POST of JSON\n");
            return;
        }
        replays.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        boolean isDone = replayReply.status() / 100 == 2;
        reply(exchange, replayReply.status(), isDone ? JSON : Answer.TEXT, replayReply.body());
    }

    private static void reply(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        isOpen = false;
        var unused = clock.shutdownNow();
        server.stop(0);
        var ignored = threads.shutdownNow();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new UncheckedIOException(new IOException("the stub does not end"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
