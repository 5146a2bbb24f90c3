package io.decant.ingest.source.http;

import io.decant.config.HttpSourceSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a source can say of a request by its header alone. Immutable; any thread. */
final class RequestRules {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String SESSION = "Decant-Session";
    static final String FIRST = "Decant-First";

    /** The journal keeps names of streams up to this length, and what stands before a key. */
    private static final Pattern KEY = Pattern.compile("[!-~][ -~]{0,254}");

    /** As on TCP. */
    private static final Pattern SESSION_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private static final Pattern ORDINAL = Pattern.compile("[0-9]{1,18}");

    private final HttpSourceSettings settings;
    private final Cors cors;

    RequestRules(HttpSourceSettings settings, Cors cors) {
        this.settings = settings;
        this.cors = cors;
    }

    /**
     * A request whose body may be read.
     *
     * @param key empty: none
     * @param session empty: none
     * @param first of the body's first record in the session
     */
    record Accepted(Coding coding, String key, String session, long first) {

        boolean hasKey() {
            return !key.isEmpty();
        }

        boolean hasSession() {
            return !session.isEmpty();
        }
    }

    /** @throws RefusedException where nothing of it is taken, whatever its body is */
    Accepted check(HttpServerRequest request) throws RefusedException {
        MultiMap headers = request.headers();
        if (!settings.path().equals(request.path())) {
            throw refused(404, "not-found", "the path of this source is " + settings.path());
        }
        if (!request.method().equals(HttpMethod.POST) && !request.method().equals(HttpMethod.PUT)) {
            throw new RefusedException(Refusal.of(405, "method-not-allowed", "send records by POST or PUT")
                    .with("Allow", "POST, PUT"));
        }
        if (!cors.allows(headers.get(Cors.ORIGIN))) {
            throw refused(
                    403,
                    "origin-not-allowed",
                    "a web page sends this, and its origin is not among cors-origins of the source");
        }
        String encoding = headers.get("Content-Encoding");
        Coding coding = Coding.of(encoding)
                .orElseThrow(() -> new RefusedException(
                        Refusal.of(415, "unsupported-encoding", "the Content-Encoding may be gzip, zstd or identity")
                                .with("Accept-Encoding", "gzip, zstd, identity")));
        String type = headers.get("Content-Type");
        if (type != null && type.strip().toLowerCase(Locale.ROOT).startsWith("multipart/")) {
            throw refused(
                    415,
                    "unsupported-media-type",
                    "a multipart body is not records; send them as they are (curl: --data-binary)");
        }
        checkLength(headers.get("Content-Length"));
        return new Accepted(coding, key(headers), session(headers), first(headers));
    }

    private void checkLength(String contentLength) throws RefusedException {
        // One that is no number does not come here.
        if (contentLength != null
                && number(contentLength).orElse(Long.MAX_VALUE)
                        > settings.maxBody().bytes()) {
            throw new RefusedException(Refusal.bodyTooLarge(settings.maxBody().bytes()));
        }
    }

    private static String key(MultiMap headers) throws RefusedException {
        String key = headers.get(IDEMPOTENCY_KEY);
        if (key == null) {
            return "";
        }
        String stripped = key.strip();
        if (!KEY.matcher(stripped).matches() || headers.getAll(IDEMPOTENCY_KEY).size() > 1) {
            throw refused(400, "bad-key", "an Idempotency-Key is one header of 1 to 255 characters of printable ASCII");
        }
        if (headers.contains(SESSION)) {
            throw refused(400, "bad-session", "send either an Idempotency-Key or a Decant-Session, not both");
        }
        return stripped;
    }

    private static String session(MultiMap headers) throws RefusedException {
        String session = headers.get(SESSION);
        if (session == null) {
            return "";
        }
        if (!SESSION_ID.matcher(session.strip()).matches()) {
            throw refused(400, "bad-session", "a Decant-Session is 1 to 128 characters of A-Za-z0-9._-");
        }
        return session.strip();
    }

    /** Without a session it says nothing: HTTP sinks of Decant send it. */
    private static long first(MultiMap headers) throws RefusedException {
        if (!headers.contains(SESSION)) {
            return 0;
        }
        String first = headers.get(FIRST);
        OptionalLong ordinal = first == null ? OptionalLong.empty() : number(first);
        if (ordinal.isEmpty()) {
            throw refused(
                    400,
                    "bad-session",
                    "a request with a Decant-Session says in Decant-First which record of the session its body begins"
                            + " with, from 0");
        }
        return ordinal.getAsLong();
    }

    private static OptionalLong number(String text) {
        String stripped = text.strip();
        return ORDINAL.matcher(stripped).matches() ? OptionalLong.of(Long.parseLong(stripped)) : OptionalLong.empty();
    }

    private static RefusedException refused(int status, String error, String message) {
        return new RefusedException(Refusal.of(status, error, message));
    }
}
