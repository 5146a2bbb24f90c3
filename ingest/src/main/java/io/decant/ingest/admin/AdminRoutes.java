package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which path answers what, and what it needs of who asks. Called on the event loop or the thread that makes pages;
 * waits for nothing.
 */
final class AdminRoutes {

    private static final String JSON = "application/json";
    private static final String INDEX = """
            decant
              /healthz  200 while every stage moves or is idle
              /readyz   200 while records are taken
              /metrics  for Prometheus
              /status   the server, its journal, sources, sinks and last batches, as JSON
              /history  ten minutes of values, one a second, as JSON; ?seconds=N for the last ones
              /batches  active and completed batches, as JSON; /batches/<number> for one
              /events   what happens to batches, sources and sinks, as server-sent events
              POST /dlq/replay   sends dead letters again, as JSON asks: {"sink": "api", "reason": "refused"}, or {} for all
              /login, POST /logout   where admin.users is set
            """;

    /** Before the number of a batch. */
    private static final String BATCH = "/batches/";

    private static final Logger log = LoggerFactory.getLogger(AdminRoutes.class);

    /** Answers a request whose sender may ask it. */
    private interface Handler {

        /** @param user who sends it; empty where that is not known, or is not asked */
        CompletionStage<Answer> answer(AdminRequest request, String body, Optional<AdminUser> user);
    }

    /**
     * @param needed of who asks
     * @param isReady whether nothing needs to be made for the answer
     */
    private record Route(Access needed, Handler handler, Predicate<AdminRequest> isReady) {}

    private final HostCheck hosts;
    private final AccessCheck access;
    private final Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay;
    /** By path, then by method; what is asked by GET may be asked by HEAD. */
    private final Map<String, Map<String, Route>> routes = new HashMap<>();

    private final String basePath;

    /**
     * @param login empty: nobody can log in
     * @param statusJson what {@code /status} shows
     * @param replay as {@link AdminServer} has it
     * @param history what is served of the last minutes
     * @param basePath below which the same is served as at the root; empty: none
     * @param nanoTime the monotonic clock
     */
    AdminRoutes(
            HostCheck hosts,
            AccessCheck access,
            Optional<LoginPage> login,
            Metrics metrics,
            Supplier<ServerStatus> status,
            Supplier<String> statusJson,
            Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay,
            HistoryRoutes history,
            String basePath,
            LongSupplier nanoTime) {
        this.hosts = hosts;
        this.basePath = basePath;
        this.access = access;
        this.replay = replay;
        page("/healthz", Access.EVERYBODY, request -> health(status.get()));
        page("/readyz", Access.EVERYBODY, request -> readiness(status.get()));
        PageFiles live = new PageFiles(basePath);
        made("/", Access.READ, request -> index(live, request));
        // The form has it, too.
        live.files()
                .forEach((path, file) ->
                        made(path, path.equals(PageFiles.ICON) ? Access.EVERYBODY : Access.READ, request -> file));
        page("/metrics", Access.READ, request -> metrics(metrics, request, status.get()));
        recent("/status", new RecentAnswer(request -> Answer.of(200, JSON, statusJson.get()), nanoTime));
        recent("/history", new RecentAnswer(history::seconds, nanoTime));
        recent("/batches", new RecentAnswer(request -> history.batches(), nanoTime));
        page(BATCH, Access.READ, request -> history.batch(request.path().substring(BATCH.length())));
        made("/events", Access.READ, HistoryRoutes::events);
        put("/dlq/replay", "POST", Access.OPERATE, this::replay);
        login.ifPresent(form -> {
            page("/login", Access.EVERYBODY, form::form);
            put("/login", "POST", Access.EVERYBODY, (request, body, user) -> done(form.login(request, body)));
            put("/logout", "POST", Access.EVERYBODY, (request, body, user) -> done(form.logout(request)));
        });
    }

    private void page(String path, Access needed, Function<AdminRequest, Answer> page) {
        put(path, "GET", needed, (request, body, user) -> done(page.apply(request)));
    }

    /** What is there already. */
    private void made(String path, Access needed, Function<AdminRequest, Answer> page) {
        get(path, new Route(needed, (request, body, user) -> done(page.apply(request)), request -> true));
    }

    private void recent(String path, RecentAnswer page) {
        get(path, new Route(Access.READ, (request, body, user) -> done(page.of(request)), request -> page.ready(request)
                .isPresent()));
    }

    private void get(String path, Route route) {
        routes.computeIfAbsent(path, any -> new TreeMap<>()).put("GET", route);
    }

    private void put(String path, String method, Access needed, Handler handler) {
        routes.computeIfAbsent(path, any -> new TreeMap<>()).put(method, new Route(needed, handler, request -> false));
    }

    /** Whether it takes no time to answer, so that the event loop can do it. */
    boolean isReady(AdminRequest request) {
        if (request.isProbe()) {
            return true;
        }
        Route route = routes.getOrDefault(request.path(), Map.of()).get("GET");
        return route != null
                && request.method().equals("GET")
                && route.isReady().test(request);
    }

    /** Below which the same is served as at the root; empty: none. */
    String basePath() {
        return basePath;
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
        String path = request.path().startsWith(BATCH) ? BATCH : request.path();
        Map<String, Route> methods = routes.getOrDefault(path, Map.of());
        Route route = methods.get(request.method().equals("HEAD") ? "GET" : request.method());
        // Who may see nothing is not told what there is.
        Access needed = route == null ? leastOf(methods) : route.needed();
        AccessCheck.Outcome outcome = access.of(request, needed);
        if (outcome.refusal().isPresent()) {
            return done(outcome.refusal().get());
        }
        if (methods.isEmpty()) {
            return done(Answer.text(404, "not found; see /\n"));
        }
        return route == null
                ? done(Answer.methodNotAllowed(
                        methods.containsKey("GET")
                                ? String.join(", ", methods.keySet()).replace("GET", "GET, HEAD")
                                : String.join(", ", methods.keySet())))
                : route.handler().answer(request, body, outcome.user());
    }

    private static Access leastOf(Map<String, Route> methods) {
        return methods.values().stream().anyMatch(route -> route.needed() == Access.EVERYBODY)
                ? Access.EVERYBODY
                : Access.READ;
    }

    private static CompletionStage<Answer> done(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** The live page for a browser; a list of paths for other clients. */
    private static Answer index(PageFiles page, AdminRequest request) {
        return request.prefersHtml()
                ? page.index()
                : Answer.of(200, Answer.TEXT, INDEX).with("vary", "accept");
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

    private CompletionStage<Answer> replay(AdminRequest request, String body, Optional<AdminUser> user) {
        if (!request.mediaType().equals(JSON)) {
            return done(Answer.text(415, "only Content-Type: application/json\n"));
        }
        try {
            ReplayQuery query = ReplayQuery.of(body);
            user.ifPresent(known -> log.info("admin: user {} has dead letters sent again", known.name()));
            return replay.apply(query)
                    .handle((answer, failure) -> failure == null
                            ? Answer.of(answer.waits().isEmpty() ? 200 : 202, JSON, answer.toJson())
                            : Answer.text(503, PrintableText.of(failure.getMessage()) + "\n"));
        } catch (IllegalArgumentException e) {
            return done(Answer.text(400, PrintableText.of(e.getMessage()) + "\n"));
        }
    }
}
