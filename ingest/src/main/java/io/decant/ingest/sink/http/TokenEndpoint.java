package io.decant.ingest.sink.http;

import io.decant.config.AuthSettings;
import io.decant.config.HttpSinkSettings;
import io.decant.config.OAuth2Settings;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.tls.ClientTls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token endpoint of an OAuth 2.0 server, asked by the client credentials grant (RFC 6749, 4.4). Lives on one event
 * loop; one request at a time.
 */
final class TokenEndpoint implements TokenSupply {

    private static final Logger log = LoggerFactory.getLogger(TokenEndpoint.class);

    private static final int ANSWER_BYTES_MAX = 256 << 10;
    /** It goes into the header of each request. */
    private static final int TOKEN_CHARS_MAX = 16 << 10;

    private static final int SHOWN_CHARS_MAX = 200;

    /** So long before its end a token is renewed, or a quarter of its time, whichever is shorter. */
    private static final Duration MARGIN_MAX = Duration.ofMinutes(1);

    private static final int MARGIN_DIVISOR = 4;
    /** Where the server does not say: until a receiver refuses it. */
    private static final long GOOD_SECONDS_DEFAULT = Duration.ofDays(365).toSeconds();

    private final ContextInternal context;
    private final OAuth2Settings settings;
    private final HttpRoute route;
    private final ClientTls tls;
    private final HttpClient client;
    private final long timeoutMillis;
    private final Redaction redaction;

    TokenEndpoint(ContextInternal context, HttpSinkSettings sink, OAuth2Settings settings) {
        this.context = context;
        this.settings = settings;
        this.timeoutMillis = Math.max(1, sink.timeout().toMillis());
        this.route = new HttpRoute(sink, HttpMethod.POST, settings.tokenUrl(), "");
        this.tls = new ClientTls("the token endpoint", sink.tls(), context.owner(), InstantSource.system());
        this.client = route.client(
                context.owner(),
                1,
                connection -> connection.exceptionHandler(
                        failure -> log.debug("connection to the token endpoint: {}", failure.toString())),
                tls);
        this.redaction = new Redaction(List.of(
                settings.clientSecret().reveal(),
                encoded(settings.clientSecret().reveal())));
    }

    @Override
    public Future<AccessToken> fetch() {
        Promise<AccessToken> answer = context.promise();
        Call call = new Call(answer);
        long timer = context.setTimer(
                timeoutMillis, fired -> call.end("gave no complete answer within " + timeoutMillis + " ms"));
        answer.future().onComplete(ended -> context.owner().cancelTimer(timer));
        call.begin();
        return answer.future();
    }

    private String body() {
        String grant = "grant_type=client_credentials";
        return settings.scopes().isEmpty() ? grant : grant + "&scope=" + encoded(String.join(" ", settings.scopes()));
    }

    /** Both are encoded before they go into HTTP Basic (RFC 6749, 2.3.1). */
    private String credentials() {
        String both = encoded(settings.clientId()) + ":"
                + encoded(settings.clientSecret().reveal());
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        tls.close();
        var unused = client.close();
    }

    /** One request and its answer. */
    private final class Call {
        private final Promise<AccessToken> result;
        private final Buffer content = Buffer.buffer();
        private HttpClientRequest request;

        Call(Promise<AccessToken> result) {
            this.result = result;
        }

        void begin() {
            try {
                client.request(route.byName()).onComplete(this::connected, this::failed);
            } catch (RuntimeException e) {
                // Vert.x throws what it cannot make of a host, and fails the future with all else.
                failed(e);
            }
        }

        private void connected(HttpClientRequest obtained) {
            request = obtained;
            if (result.future().isComplete()) {
                obtained.reset();
                return;
            }
            String body = body();
            obtained.exceptionHandler(this::failed);
            obtained.response().onComplete(this::answering, this::failed);
            obtained.authority(route.authority());
            obtained.putHeader("Accept", "application/json")
                    .putHeader("Accept-Encoding", "identity")
                    .putHeader("User-Agent", "Decant")
                    .putHeader("Authorization", credentials())
                    .putHeader("Content-Type", "application/x-www-form-urlencoded")
                    .putHeader("Content-Length", Integer.toString(body.length()))
                    .end(body)
                    .onFailure(this::failed);
        }

        private void answering(HttpClientResponse answer) {
            answer.exceptionHandler(this::failed);
            answer.handler(piece -> {
                content.appendBuffer(piece);
                if (content.length() > ANSWER_BYTES_MAX) {
                    end("answers with more than " + (ANSWER_BYTES_MAX >> 10) + " KiB");
                }
            });
            answer.endHandler(ended -> answered(answer));
        }

        private void answered(HttpClientResponse answer) {
            int status = answer.statusCode();
            if (status / 100 != 2) {
                String said = OneLine.of(redaction.of(content.toString(StandardCharsets.UTF_8)), SHOWN_CHARS_MAX);
                String retryAfter = answer.getHeader("Retry-After");
                end(new TokenException(
                        place() + " answers " + status + (said.isEmpty() ? "" : ", \"" + said + '"'),
                        retryAfter == null ? "" : retryAfter));
                return;
            }
            try {
                result.tryComplete(token(new JsonObject(content)));
            } catch (DecodeException | ClassCastException e) {
                // Their messages quote the answer.
                end("does not answer with a JSON object of a token");
            } catch (TokenException e) {
                end(e);
            }
        }

        private void failed(Throwable cause) {
            end("cannot be asked: " + OneLine.of(TransportFailure.of(cause).message(), SHOWN_CHARS_MAX));
        }

        void end(String what) {
            end(new TokenException(place() + " " + what));
        }

        private void end(TokenException failure) {
            if (result.tryFail(failure) && request != null) {
                request.reset();
            }
        }

        private String place() {
            return "the token endpoint " + settings.tokenUrl();
        }
    }

    private static AccessToken token(JsonObject answer) throws TokenException {
        Object token = answer.getValue("access_token");
        if (!(token instanceof String text) || !AuthSettings.isToken(text) || text.length() > TOKEN_CHARS_MAX) {
            throw new TokenException("the token endpoint gives no access_token that can stand in a header");
        }
        Object type = answer.getValue("token_type");
        if (type != null && !String.valueOf(type).toLowerCase(Locale.ROOT).equals("bearer")) {
            throw new TokenException("the token endpoint gives a token of another type than Bearer");
        }
        long seconds = seconds(answer.getValue("expires_in"));
        long nanos = Duration.ofSeconds(seconds).toNanos();
        long margin = Math.min(MARGIN_MAX.toNanos(), nanos / MARGIN_DIVISOR);
        long now = System.nanoTime();
        return new AccessToken(text, now + nanos - margin, now + nanos);
    }

    /** At least one: a token that is given is tried. Some servers write the number as a text. */
    private static long seconds(Object expiresIn) {
        if (expiresIn == null) {
            return GOOD_SECONDS_DEFAULT;
        }
        try {
            long seconds = (long) Double.parseDouble(expiresIn.toString());
            return Math.max(1, Math.min(GOOD_SECONDS_DEFAULT, seconds));
        } catch (NumberFormatException e) {
            return GOOD_SECONDS_DEFAULT;
        }
    }
}
