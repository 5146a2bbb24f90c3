package io.decant.ingest.admin;

import io.decant.config.HostPort;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers operators over HTTP: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /status}, which change nothing, and
 * {@code /dlq/replay}, which sends dead letters again. No answer holds a secret. {@link #start} and {@link #close} wait, so they are
 * not for an event loop.
 *
 * <p>What changes something is asked for by a body that says it is JSON: a page in the operator's browser cannot send that to
 * another host without being allowed to.
 */
public final class AdminServer implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String INDEX = """
            decant
              /healthz  200 while every stage moves or is idle
              /readyz   200 while records are taken
              /metrics  for Prometheus
              /status   the server, its journal, sources, sinks and last batches, as JSON
              POST /dlq/replay   sends dead letters again, as JSON asks: {"sink": "api", "reason": "refused"}, or {} for all
            """;
    private static final String REPLAY = "/dlq/replay";
    private static final int QUERY_BYTES_MAX = 4 << 10;
    /** Nobody asks for more than a few lines: what is idle for longer goes. */
    private static final int IDLE_SECONDS_MAX = 60;

    private final HostPort address;
    private final Metrics metrics;
    private final Supplier<ServerStatus> status;
    private final Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay;
    private final HttpServer server;
    private volatile String boundAddress = "";

    /**
     * @param vertx stays the caller's to close
     * @param address port 0: any free one
     * @param metrics what {@code /metrics} shows
     * @param status asked at each request, on an event loop: must not wait
     * @param replay sends dead letters again, called on an event loop: must not wait. It throws an {@link IllegalArgumentException}
     *     where it cannot be asked for that, and completes exceptionally where it cannot be done; what they say is told
     */
    public AdminServer(
            Vertx vertx,
            HostPort address,
            Metrics metrics,
            Supplier<ServerStatus> status,
            Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay) {
        this.address = address;
        this.metrics = metrics;
        this.status = status;
        this.replay = replay;
        this.server = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS_MAX))
                .requestHandler(router(vertx));
    }

    /**
     * Begins to listen.
     *
     * @throws AdminException where it cannot
     */
    public void start() {
        metrics.register(status.get());
        try {
            server.listen(address.port(), address.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new AdminException(
                    "admin cannot listen on " + address + ": " + e.getCause().getMessage()
                            + "; end what listens there, or give admin.address another address or port (0: any free one)",
                    e.getCause());
        }
        boundAddress = new HostPort(address.host(), server.actualPort()).toString();
    }

    /** Where it listens, with the real port; empty before it does. */
    public String address() {
        return boundAddress;
    }

    private Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        get(router, "/", request -> answer(request, 200, TEXT, INDEX));
        get(router, "/healthz", this::health);
        get(router, "/readyz", this::readiness);
        get(router, "/metrics", request -> answer(request, 200, PROMETHEUS, metrics.scrape(status.get())));
        get(router, "/status", request -> answer(request, 200, JSON, statusJson()));
        router.post(REPLAY)
                .consumes(JSON)
                .handler(BodyHandler.create(false).setBodyLimit(QUERY_BYTES_MAX))
                .handler(this::replay);
        router.errorHandler(415, request -> answer(request, 415, TEXT, "only Content-Type: application/json\n"));
        router.errorHandler(404, request -> answer(request, 404, TEXT, "not found; see /\n"));
        router.errorHandler(405, request -> {
            String allowed = request.normalizedPath().equals(REPLAY) ? "POST" : "GET";
            request.response().putHeader(HttpHeaders.ALLOW, allowed);
            answer(request, 405, TEXT, "only " + allowed + "\n");
        });
        return router;
    }

    private static void get(Router router, String path, Consumer<RoutingContext> handler) {
        router.get(path).handler(handler::accept);
    }

    private void health(RoutingContext request) {
        ServerStatus now = status.get();
        if (now.stalled().isEmpty()) {
            answer(request, 200, TEXT, "ok\n");
        } else {
            answer(request, 503, TEXT, "stalled: " + String.join(", ", now.stalled()) + "\n");
        }
    }

    private void readiness(RoutingContext request) {
        ServerStatus now = status.get();
        if (now.notReady().isEmpty()) {
            answer(request, 200, TEXT, "ok\n");
        } else {
            answer(request, 503, TEXT, String.join("\n", now.notReady()) + "\n");
        }
    }

    private void replay(RoutingContext request) {
        try {
            ReplayQuery query = ReplayQuery.of(request.body().asString());
            var unused = replay.apply(query)
                    .whenComplete((answer, failure) -> request.vertx().runOnContext(now -> {
                        if (failure == null) {
                            answer(request, answer.waits().isEmpty() ? 200 : 202, JSON, answer.toJson());
                        } else {
                            answer(request, 503, TEXT, failure.getMessage() + "\n");
                        }
                    }));
        } catch (IllegalArgumentException e) {
            answer(request, 400, TEXT, e.getMessage() + "\n");
        }
    }

    private String statusJson() {
        return StatusJson.of(status.get(), boundAddress).encodePrettily() + "\n";
    }

    private static void answer(RoutingContext request, int code, String type, String body) {
        request.response()
                .setStatusCode(code)
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body);
    }

    /** Listens no more and ends all connections. */
    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
