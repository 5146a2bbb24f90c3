package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which path answers what. Called on the event loop or the thread that makes pages; waits for nothing. */
final class AdminRoutes {

    private static final String JSON = "application/json";
    private static final String INDEX = """
            decant
              /healthz  200 while every stage moves or is idle
              /readyz   200 while records are taken
              /metrics  for Prometheus
              /status   the server, its journal, sources, sinks and last batches, as JSON
              POST /dlq/replay   sends dead letters again, as JSON asks: {"sink": "api", "reason": "refused"}, or {} for all
            """;
    private static final String REPLAY = "/dlq/replay";

    private static final Logger log = LoggerFactory.getLogger(AdminRoutes.class);

    private final HostCheck hosts;
    private final Map<String, Function<AdminRequest, Answer>> pages;
    private final Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay;

    /**
     * @param statusJson what {@code /status} shows
     * @param replay as {@link AdminServer} has it
     */
    AdminRoutes(
            HostCheck hosts,
            Metrics metrics,
            Supplier<ServerStatus> status,
            Supplier<String> statusJson,
            Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay) {
        this.hosts = hosts;
        this.replay = replay;
        this.pages = Map.of(
                "/", request -> Answer.of(200, Answer.TEXT, INDEX),
                "/healthz", request -> health(status.get()),
                "/readyz", request -> readiness(status.get()),
                "/metrics", request -> metrics(metrics, request, status.get()),
                "/status", request -> Answer.of(200, JSON, statusJson.get()));
    }

    /** What a request is answered; never completes exceptionally. */
    CompletionStage<Answer> answer(AdminRequest request, String body) {
        try {
            Optional<Answer> refusal = hosts.refusal(request);
            return refusal.isPresent() ? done(refusal.get()) : route(request, body);
        } catch (RuntimeException e) {
            log.error("{} {} failed", request.method(), request.path(), e);
            return done(Answer.text(500, "failed; see the server's log\n"));
        }
    }

    private CompletionStage<Answer> route(AdminRequest request, String body) {
        if (request.path().equals(REPLAY)) {
            return request.method().equals("POST") ? replay(request, body) : done(Answer.methodNotAllowed("POST"));
        }
        Function<AdminRequest, Answer> page = pages.get(request.path());
        if (page == null) {
            return done(Answer.text(404, "not found; see /\n"));
        }
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return done(reads ? page.apply(request) : Answer.methodNotAllowed("GET, HEAD"));
    }

    private static CompletionStage<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static Answer metrics(Metrics metrics, AdminRequest request, ServerStatus now) {
        String format = request.prefersOpenMetrics() ? Metrics.OPEN_METRICS : Metrics.TEXT;
        return Answer.of(200, format, metrics.scrape(now, format));
    }

    private static Answer health(ServerStatus now) {
        return now.stalled().isEmpty()
                ? Answer.text(200, "ok\n")
                : Answer.text(503, "stalled: " + String.join(", ", now.stalled()) + "\n");
    }

    private static Answer readiness(ServerStatus now) {
        return now.notReady().isEmpty()
                ? Answer.text(200, "ok\n")
                : Answer.text(
                        503, now.notReady().stream().map(PrintableText::of).collect(Collectors.joining("\n")) + "\n");
    }

    private CompletionStage<Answer> replay(AdminRequest request, String body) {
        if (!request.mediaType().equals(JSON)) {
            return done(Answer.text(415, "only Content-Type: application/json\n"));
        }
        try {
            return replay.apply(ReplayQuery.of(body))
                    .handle((answer, failure) -> failure == null
                            ? Answer.of(answer.waits().isEmpty() ? 200 : 202, JSON, answer.toJson())
                            : Answer.text(503, PrintableText.of(failure.getMessage()) + "\n"));
        } catch (IllegalArgumentException e) {
            return done(Answer.text(400, PrintableText.of(e.getMessage()) + "\n"));
        }
    }
}
