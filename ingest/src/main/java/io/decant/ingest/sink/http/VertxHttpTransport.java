package io.decant.ingest.sink.http;

import io.decant.config.HttpSinkSettings;
import io.decant.config.TlsSettings;
import io.decant.ingest.sink.Outcome;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests over real sockets: HTTP/1.1, kept alive, at most {@code concurrency} connections to an address, https with
 * the platform's trust or that of the settings, and the host's name checked. Redirects are not followed, no proxy is
 * used, answers are not decompressed. Which answer is a request's own is the matter of {@link AnswerPairing}, which of
 * a name's addresses is tried that of {@link ReceiverAddresses}.
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
    private final long timeoutMillis;
    private final Set<VertxExchange> underWay = new LinkedHashSet<>();
    private boolean closed;

    /** @param vertx stays the caller's to close, after this */
    public VertxHttpTransport(Vertx vertx, HttpSinkSettings settings) {
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.timeoutMillis = Math.max(1, settings.timeout().toMillis());
        this.addresses = new ReceiverAddresses(context, settings.host(), target(settings, timeoutMillis));
        this.authority = HostAndPort.authority(settings.host(), settings.port());
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                // One request at a time on a connection: AnswerPairing relies on it.
                .setPipelining(false)
                .setConnectTimeout((int) Math.min(timeoutMillis, Integer.MAX_VALUE))
                .setSslHandshakeTimeout(timeoutMillis)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        identify(settings.tls(), options);
        HttpClient connections = vertx.httpClientBuilder()
                .with(options)
                // Every server is where its name says. By itself this client would look a name up once, and keep the
                // address
                // for as long as it has requests for it; so the name goes down to each new connection, which looks it
                // up.
                .withAddressResolver(AddressResolver.<SocketAddress>mappingResolver(List::of))
                .with(new PoolOptions().setHttp1MaxSize(settings.concurrency()))
                // Every failure reaches the exchange; without this Vert.x would log a stack trace for each as well.
                .withConnectHandler(VertxHttpTransport::prepare)
                .build();
        this.client = WebClient.wrap(
                connections, new WebClientOptions().setUserAgentEnabled(false).setFollowRedirects(false));
        ((WebClientInternal) client).addInterceptor(VertxExchange::intercept);
    }

    /** Before anything is read from a connection, or written to it. */
    private static void prepare(HttpConnection connection) {
        connection.exceptionHandler(
                failure -> log.debug("connection to {}: {}", connection.remoteAddress(), failure.toString()));
        AnswerPairing.install(
                ((HttpClientConnection) connection).channelHandlerContext().pipeline());
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

    private static void identify(TlsSettings tls, HttpClientOptions options) {
        tls.caFile().ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        tls.certificate()
                .ifPresent(file -> options.setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(file.toString())
                        .addKeyPath(tls.key().orElseThrow().toString())));
    }

    private static RequestOptions target(HttpSinkSettings settings, long timeoutMillis) {
        URI url = settings.url();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String serverName = settings.tls().serverName();
        RequestOptions target = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setSsl(settings.isHttps())
                .setHost(settings.host())
                .setPort(settings.port())
                .setURI(url.getRawQuery() == null ? path : path + "?" + url.getRawQuery())
                // Also ends the wait for a connection of the pool, which is as bounded as the sink's requests are.
                .setFollowRedirects(false)
                .setConnectTimeout(timeoutMillis);
        if (!serverName.isEmpty()) {
            // The connection goes to the server; the host is whose certificate is asked for there.
            target.setServer(SocketAddress.inetSocketAddress(settings.port(), settings.host()))
                    .setHost(serverName);
        }
        return target;
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
            log.debug("Vert.x was closed before, and with it the client and all connections");
        }
    }
}
