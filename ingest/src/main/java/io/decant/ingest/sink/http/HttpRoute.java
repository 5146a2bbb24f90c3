package io.decant.ingest.sink.http;

import io.decant.config.HttpProxy;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.tls.ClientTls;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How connections reach the host of a URL: directly, or through the tunnel of a proxy, with TLS where the URL says
 * https. Immutable; any thread.
 *
 * <p>Vert.x makes tunnels for https alone; to plain http it would have the proxy forward requests. There
 * {@link ConnectTunnel} makes them.
 */
final class HttpRoute {

    private enum Kind {
        DIRECT,
        /** Made by a handler of ours, in a connection to the proxy. */
        PLAIN_TUNNEL,
        /** Made by Vert.x. */
        TLS_TUNNEL
    }

    private final Kind kind;
    private final HttpSinkSettings settings;
    private final String host;
    private final int port;
    /** Null where there is none. */
    private final HttpProxy proxy;

    private final RequestOptions byName;

    /**
     * @param settings of the sink: TLS, proxy and times
     * @param method of its requests
     * @param serverName whose certificate is asked for; empty: the host's
     */
    HttpRoute(HttpSinkSettings settings, HttpMethod method, URI url, String serverName) {
        this.settings = settings;
        this.host = HttpSinkSettings.host(url);
        this.port = HttpSinkSettings.port(url);
        this.proxy = settings.proxyFor(host).orElse(null);
        boolean isHttps = HttpSinkSettings.isHttps(url);
        this.kind = proxy == null ? Kind.DIRECT : isHttps ? Kind.TLS_TUNNEL : Kind.PLAIN_TUNNEL;
        this.byName = new RequestOptions()
                .setMethod(method)
                .setSsl(isHttps)
                .setHost(host)
                .setPort(port)
                .setURI(uri(url))
                .setFollowRedirects(false)
                // Also ends the wait for a connection of the pool, which is as bounded as the sink's requests are.
                .setConnectTimeout(Math.max(1, settings.timeout().toMillis()));
        if (!serverName.isEmpty()) {
            // The connection goes to the server; the host is whose certificate is asked for there.
            byName.setServer(SocketAddress.inetSocketAddress(port, host)).setHost(serverName);
        }
        if (kind == Kind.PLAIN_TUNNEL) {
            byName.setServer(SocketAddress.inetSocketAddress(proxy.port(), unbracketed(proxy.host())));
        } else if (kind == Kind.TLS_TUNNEL) {
            byName.setProxyOptions(proxyAt(unbracketed(proxy.host())));
        }
    }

    private static String uri(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    private ProxyOptions proxyAt(String address) {
        ProxyOptions options = new ProxyOptions()
                .setType(ProxyType.HTTP)
                .setHost(address)
                .setPort(proxy.port())
                .setConnectTimeout(Duration.ofMillis(settings.connectMillis()));
        if (hasCredentials()) {
            options.setUsername(proxy.user().reveal())
                    .setPassword(proxy.password().reveal());
        }
        return options;
    }

    private boolean hasCredentials() {
        return !proxy.user().isEmpty() || !proxy.password().isEmpty();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** What requests say in {@code Host}. */
    HostAndPort authority() {
        return HostAndPort.authority(host, port);
    }

    /** The host that connections are made to: that of the URL, or the proxy. */
    String firstHost() {
        return proxy == null ? host : proxy.host();
    }

    /** Where requests go, by the name of {@link #firstHost}. */
    RequestOptions byName() {
        return byName;
    }

    /** The same, by another address of it. */
    RequestOptions at(InetAddress address) {
        RequestOptions target = new RequestOptions(byName);
        return switch (kind) {
            case DIRECT -> target.setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()));
            case PLAIN_TUNNEL ->
                target.setServer(SocketAddress.inetSocketAddress(proxy.port(), address.getHostAddress()));
            case TLS_TUNNEL -> target.setProxyOptions(proxyAt(address.getHostAddress()));
        };
    }

    /**
     * Makes the connections of this route.
     *
     * @param connectionsMax to an address
     * @param prepared told of each new connection, before anything of a request is written to it
     * @param tls of all of them; watched from now on
     */
    HttpClient client(Vertx vertx, int connectionsMax, Consumer<HttpConnection> prepared, ClientTls tls) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                // One request at a time on a connection: AnswerPairing relies on it.
                .setPipelining(false)
                .setConnectTimeout(settings.connectMillis())
                .setSslHandshakeTimeout(settings.connectMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        tls.trust().ifPresent(options::setTrustOptions);
        tls.own().ifPresent(options::setKeyCertOptions);
        HttpClientBuilder builder = vertx.httpClientBuilder()
                .with(options)
                .with(new PoolOptions().setHttp1MaxSize(connectionsMax))
                .withConnectHandler(connection -> {
                    prepared.accept(connection);
                    if (kind == Kind.PLAIN_TUNNEL) {
                        pipeline(connection).addFirst("tunnel", tunnel());
                    }
                });
        if (kind != Kind.TLS_TUNNEL) {
            // Every server is where its name says. By itself this client would look a name up once, and keep the
            // address for as long as it has requests for it; so the name goes down to each new connection, which looks
            // it up. The name behind a tunnel of Vert.x's is looked up by the proxy.
            builder.withAddressResolver(AddressResolver.<SocketAddress>mappingResolver(List::of));
        }
        HttpClientAgent client = builder.build();
        tls.watch(() -> {
            ClientSSLOptions changed = new HttpClientOptions(options).getSslOptions();
            tls.trust().ifPresent(changed::setTrustOptions);
            tls.own().ifPresent(changed::setKeyCertOptions);
            // For requests from now on; those that are under way keep their connections.
            var unused = client.updateSSLOptions(changed);
        });
        return client;
    }

    static ChannelPipeline pipeline(HttpConnection connection) {
        return ((HttpClientConnection) connection).channelHandlerContext().pipeline();
    }

    private ConnectTunnel tunnel() {
        String credentials = hasCredentials()
                ? proxy.user().reveal() + ":" + proxy.password().reveal()
                : "";
        return new ConnectTunnel(proxy.toString(), host + ":" + port, credentials, settings.connectMillis());
    }
}
