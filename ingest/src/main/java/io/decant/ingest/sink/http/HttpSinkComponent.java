package io.decant.ingest.sink.http;

import io.decant.bucketer.KeySpec;
import io.decant.config.Compression;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
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
                new VertxHttpTransport(context.vertx(), settings),
                PooledByteBufAllocator.DEFAULT,
                context.random(),
                context.clock(),
                () -> context.wakeLane().accept(name));
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
        URI url = settings.url();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return url.getScheme() + "://" + url.getRawAuthority() + path;
    }

    @Override
    public SinkNeeds needs() {
        boolean compressed = settings.compression() != Compression.NONE;
        long body = settings.maxBytes().bytes();
        return new SinkNeeds(settings.concurrency(), settings.concurrency(), compressed ? 2 * body : body, compressed);
    }

    @Override
    public List<String> connectionProblems(KeySpec bucketKey) {
        HostPort receiver = receiver();
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(receiver.host(), receiver.port());
            if (address.isUnresolved()) {
                return List.of("sink " + name + ": the host " + receiver.host()
                        + " is not known; the server would start and keep trying");
            }
            socket.connect(address, CONNECT_MILLIS_MAX);
            return List.of();
        } catch (IOException e) {
            return List.of("sink " + name + ": no connection to " + receiver + ": " + e.getMessage()
                    + "; the server would start and keep trying");
        }
    }

    private HostPort receiver() {
        String host = settings.host();
        return new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, settings.port());
    }
}
