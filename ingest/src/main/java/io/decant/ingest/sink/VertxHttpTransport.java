package io.decant.ingest.sink;

import io.decant.config.HttpSinkSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests over real sockets: HTTP/1.1, kept alive, at most {@code concurrency} connections, https with the platform's
 * trust and the host's name checked. Redirects are not followed, no proxy is used, answers are not decompressed.
 *
 * <p>{@link #post} and {@link #close} may be called from any thread; everything else happens on one event loop, whose
 * context this transport has for itself.
 */
public final class VertxHttpTransport implements HttpTransport {

    private static final Logger LOG = LoggerFactory.getLogger(VertxHttpTransport.class);

    private final ContextInternal context;
    private final HttpClient client;
    private final RequestOptions target;
    private final long timeoutMillis;
    private final Set<VertxExchange> underWay = new LinkedHashSet<>();
    private boolean closed;

    /** @param vertx stays the caller's to close, after this */
    public VertxHttpTransport(Vertx vertx, HttpSinkSettings settings) {
        this(vertx, settings, null);
    }

    /** @param trust in the place of the platform's; null for that */
    VertxHttpTransport(Vertx vertx, HttpSinkSettings settings, TrustOptions trust) {
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.timeoutMillis = Math.max(1, settings.timeout().toMillis());
        this.target = target(settings.url(), timeoutMillis);
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                .setConnectTimeout((int) Math.min(timeoutMillis, Integer.MAX_VALUE))
                .setSslHandshakeTimeout(timeoutMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        if (trust != null) {
            options.setTrustOptions(trust);
        }
        this.client = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(settings.concurrency()))
                // Every failure reaches the exchange; without this Vert.x would log a stack trace for each as well.
                .withConnectHandler(connection -> connection.exceptionHandler(
                        failure -> LOG.debug("connection to {}: {}", connection.remoteAddress(), failure.toString())))
                .build();
    }

    private static RequestOptions target(URI url, long timeoutMillis) {
        boolean https = "https".equalsIgnoreCase(url.getScheme());
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setSsl(https)
                .setHost(url.getHost())
                .setPort(url.getPort() >= 0 ? url.getPort() : https ? 443 : 80)
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                // Also ends the wait for a connection of the pool, which is as bounded as the sink's requests are.
                .setConnectTimeout(timeoutMillis);
    }

    @Override
    public void post(PartRequest request, Consumer<Outcome> completion) {
        try {
            context.runOnContext(ready -> start(request, completion));
        } catch (RejectedExecutionException e) {
            request.body().release();
            completion.accept(new Outcome.Failed(Outcome.Kind.CLOSED, "the event loop is gone"));
        }
    }

    private void start(PartRequest request, Consumer<Outcome> completion) {
        VertxExchange exchange = new VertxExchange(request, completion, underWay::remove);
        if (closed) {
            exchange.giveUp(Outcome.Kind.CLOSED, "the sink is closed");
        } else {
            underWay.add(exchange);
            exchange.start(context, client, target, timeoutMillis);
        }
    }

    @Override
    public void close() {
        try {
            context.runOnContext(ready -> {
                closed = true;
                for (VertxExchange exchange : Set.copyOf(underWay)) {
                    exchange.giveUp(Outcome.Kind.CLOSED, "the sink is closed");
                }
                client.close();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("Vert.x was closed before, and with it the client and all connections");
        }
    }
}
