package io.decant.ingest.sink.http;

import io.decant.config.HttpSinkSettings;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.tls.ClientTls;
import io.decant.ingest.tls.ServerTls;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests over real sockets: HTTP/1.1, kept alive, at most {@code concurrency} connections to an address, https with
 * the platform's trust or that of the settings, and the host's name checked, directly or through a proxy
 * ({@link HttpRoute}). Redirects are not followed, answers are not decompressed. Which answer is a request's own is the
 * matter of {@link AnswerPairing}, which of a name's addresses is tried that of {@link ReceiverAddresses}.
 *
 * <p>{@link #post} and {@link #close} may be called from any thread; everything else happens on one event loop, whose
 * context this transport has for itself.
 */
public final class VertxHttpTransport implements HttpTransport {

    private static final Logger log = LoggerFactory.getLogger(VertxHttpTransport.class);

    private static final int HOSTS_FILE_SECONDS = 5;

    private final ContextInternal context;
    private final WebClient client;
    private final ReceiverAddresses addresses;
    private final HostAndPort authority;
    private final ClientTls tls;
    private final long timeoutMillis;
    private final Set<VertxExchange> underWay = new LinkedHashSet<>();
    private boolean closed;

    /** @param vertx stays the caller's to close, after this */
    public VertxHttpTransport(Vertx vertx, HttpSinkSettings settings) {
        this("sink", vertx, settings);
    }

    /**
     * @param owner of the requests, for messages, such as {@code sink api}
     * @param vertx stays the caller's to close, after this
     */
    VertxHttpTransport(String owner, Vertx vertx, HttpSinkSettings settings) {
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.timeoutMillis = Math.max(1, settings.timeout().toMillis());
        HttpRoute route = new HttpRoute(
                settings,
                HttpMethod.valueOf(settings.method().name()),
                settings.url(),
                settings.tls().serverName());
        this.addresses = new ReceiverAddresses(context, route);
        this.authority = route.authority();
        this.tls = new ClientTls(owner, settings.tls(), vertx, InstantSource.system());
        HttpClient connections = route.client(vertx, settings.concurrency(), VertxHttpTransport::prepare, tls);
        this.client = WebClient.wrap(
                connections, new WebClientOptions().setUserAgentEnabled(false).setFollowRedirects(false));
        ((WebClientInternal) client).addInterceptor(VertxExchange::intercept);
    }

    /** Before anything is read from a connection, or written to it. */
    private static void prepare(HttpConnection connection) {
        // Every failure reaches the exchange; without this Vert.x would log a stack trace for each as well.
        connection.exceptionHandler(
                failure -> log.debug("connection to {}: {}", connection.remoteAddress(), failure.toString()));
        AnswerPairing.install(HttpRoute.pipeline(connection));
    }

    /**
     * How a Vert.x looks names up whose transports see a receiver that moves: at each new connection, but for what DNS
     * says may be kept and for how long. Failures are not kept. The hosts file is read again while the server runs.
     */
    public static AddressResolverOptions resolver() {
        return new AddressResolverOptions()
                .setCacheNegativeTimeToLive(0)
                .setHostsRefreshPeriod(HOSTS_FILE_SECONDS)
                .setHostsRefreshPeriodUnit(TimeUnit.SECONDS);
    }

    @Override
    public void post(PartRequest request, Consumer<Outcome> completion) {
        try {
            context.runOnContext(ready -> start(request, completion));
        } catch (RejectedExecutionException e) {
            request.body().release();
            completion.accept(new Outcome.Failed(Outcome.Kind.CLOSED, "the event loop is closed"));
        }
    }

    private void start(PartRequest request, Consumer<Outcome> completion) {
        long target = addresses.moves();
        VertxExchange exchange = new VertxExchange(request, completion, settled -> {
            underWay.remove(settled);
            if (settled.unreached()) {
                addresses.unreached(target);
            }
        });
        if (closed) {
            exchange.giveUp(Outcome.Kind.CLOSED, "the sink is closed");
        } else {
            underWay.add(exchange);
            exchange.start(context, client, addresses.target(), authority, timeoutMillis);
        }
    }

    @Override
    public Optional<ServerTls.Status> tls() {
        return tls.status();
    }

    @Override
    public void close() {
        tls.close();
        try {
            context.runOnContext(ready -> {
                closed = true;
                for (VertxExchange exchange : Set.copyOf(underWay)) {
                    exchange.giveUp(Outcome.Kind.CLOSED, "the sink is closed");
                }
                client.close();
            });
        } catch (RejectedExecutionException e) {
            log.debug("Vert.x was closed before, and with it the client and all connections");
        }
    }
}
