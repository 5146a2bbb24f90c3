package io.decant.ingest.source.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;

/**
 * Which web pages may send, by the header {@code Origin} that browsers put into what a page sends to another host, also
 * where they do not ask before. Immutable; any thread.
 */
final class Cors {

    static final String ORIGIN = "Origin";

    private static final String ANY = "*";
    private static final String ASKS_HEADERS = "Access-Control-Request-Headers";
    private static final String ASKS_METHOD = "Access-Control-Request-Method";
    private static final String MAX_AGE_SECONDS = "600";

    private final Set<String> origins;

    Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** @param origin null: it is not a page that sends */
    boolean allows(String origin) {
        return origin == null || origins.contains(ANY) || origins.contains(origin);
    }

    /** Whether a browser asks if it may send. */
    boolean isPreflight(HttpServerRequest request) {
        return !origins.isEmpty()
                && request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(ORIGIN)
                && request.headers().contains(ASKS_METHOD);
    }

    void answerPreflight(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        addTo(response, request.headers());
        if (allows(request.headers().get(ORIGIN))) {
            response.putHeader("Access-Control-Allow-Methods", "POST, PUT")
                    .putHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
            String headers = request.headers().get(ASKS_HEADERS);
            if (headers != null) {
                response.putHeader("Access-Control-Allow-Headers", headers);
            }
        }
        var unused = response.setStatusCode(204).end();
    }

    /** Lets the page read the answer. */
    void addTo(HttpServerResponse response, MultiMap request) {
        String origin = origins.isEmpty() ? null : request.get(ORIGIN);
        if (origin != null && allows(origin)) {
            response.putHeader("Access-Control-Allow-Origin", origins.contains(ANY) ? ANY : origin)
                    .putHeader("Access-Control-Expose-Headers", "Decant-Next, Retry-After")
                    .putHeader("Vary", ORIGIN);
        }
    }
}
