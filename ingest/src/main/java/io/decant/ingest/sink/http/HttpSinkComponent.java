package io.decant.ingest.sink.http;

import io.decant.bucketer.KeySpec;
import io.decant.config.Compression;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.BackOff;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** {@code type: http}. */
public record HttpSinkComponent(String name, HttpSinkSettings settings) implements SinkComponent {

    public static final SinkType<HttpSinkSettings> TYPE =
            new SinkType<>(HttpSinkSettings.TYPE, HttpSinkSettings.class, HttpSinkComponent::new);

    /** A receiver that takes longer than this to accept a connection is as good as down. */
    private static final int CONNECT_MILLIS_MAX = (int) TimeUnit.SECONDS.toMillis(5);

    @Override
    public Sink create(SinkContext context) {
        return new HttpSink(
                name,
                settings,
                transport(context),
                PooledByteBufAllocator.DEFAULT,
                context.random(),
                context.clock(),
                () -> context.wakeLane().accept(name),
                context.builders());
    }

    /** What its requests go through. */
    HttpTransport transport(SinkContext context) {
        HttpTransport transport = new VertxHttpTransport("sink " + name, context.vertx(), settings);
        if (!settings.auth().hasTokens()) {
            return transport;
        }
        ContextInternal loop = ((VertxInternal) context.vertx()).createEventLoopContext();
        BackOff backOff = new BackOff(settings.retryMaxDelay(), context.random(), context.clock());
        return new TokenTransport(loop, transport, new TokenKeeper(name, supply(loop), backOff, System::nanoTime));
    }

    private TokenSupply supply(ContextInternal loop) {
        return settings.auth()
                .oauth2()
                .<TokenSupply>map(server -> new TokenEndpoint(loop, settings, server))
                .orElseGet(() -> new TokenFile(loop, settings.auth().tokenFile().orElseThrow()));
    }

    @Override
    public SinkShape shape() {
        return new SinkShape(
                name,
                settings.type(),
                settings.format().name().toLowerCase(Locale.ROOT),
                settings.maxRecords(),
                settings.maxBytes().bytes());
    }

    /** Scheme, host, port and path: a query may be a secret. There is no user: the settings refuse one. */
    @Override
    public String target() {
        String url = settings.shownUrl();
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    @Override
    public SinkNeeds needs() {
        boolean compressed = settings.compression() != Compression.NONE;
        long body = settings.maxBytes().bytes();
        // One more for the token endpoint.
        int descriptors = settings.concurrency() + (settings.auth().oauth2().isPresent() ? 1 : 0);
        return new SinkNeeds(descriptors, settings.concurrency(), compressed ? 2 * body : body, compressed);
    }

    @Override
    public List<String> connectionProblems(KeySpec bucketKey) {
        List<String> problems = new ArrayList<>(connectionProblems(settings.url()));
        settings.auth().oauth2().ifPresent(server -> problems.addAll(connectionProblems(server.tokenUrl())));
        return problems;
    }

    /** Of the host of a URL, or of the proxy to it. */
    private List<String> connectionProblems(URI url) {
        String host = HttpSinkSettings.host(url);
        HostPort first = settings.proxyFor(host)
                .map(proxy -> address(proxy.host(), proxy.port()))
                .orElseGet(() -> address(host, HttpSinkSettings.port(url)));
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(first.host(), first.port());
            if (address.isUnresolved()) {
                return List.of("sink " + name + ": the host " + first.host()
                        + " is not known; the server would start and keep trying");
            }
            socket.connect(address, CONNECT_MILLIS_MAX);
            return List.of();
        } catch (IOException e) {
            return List.of("sink " + name + ": no connection to " + first + ": " + e.getMessage()
                    + "; the server would start and keep trying");
        }
    }

    private static HostPort address(String host, int port) {
        return new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
    }
}
