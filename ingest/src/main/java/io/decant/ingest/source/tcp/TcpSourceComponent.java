package io.decant.ingest.source.tcp;

import io.decant.config.HostPort;
import io.decant.config.SessionMode;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceContext;
import io.decant.ingest.source.SourceNeeds;
import io.decant.ingest.source.SourceType;
import io.decant.ingest.source.SourceUsers;
import io.decant.ingest.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code type: tcp}. */
public record TcpSourceComponent(String name, TcpSourceSettings settings) implements SourceComponent {

    public static final SourceType<TcpSourceSettings> TYPE =
            new SourceType<>(TcpSourceSettings.TYPE, TcpSourceSettings.class, TcpSourceComponent::new);

    @Override
    public Source create(SourceContext context) {
        if (settings.connect().isPresent()) {
            return new TcpClientSource(
                    name,
                    settings,
                    context.eventLoops(),
                    host -> context.vertx()
                            .executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false)
                            .toCompletionStage()
                            .toCompletableFuture(),
                    context.clock(),
                    context.served(),
                    context.unfinished());
        }
        return new TcpSource(
                name,
                settings,
                context.eventLoops(),
                context.clock(),
                context.served(),
                context.unfinished(),
                context.connections().get(name),
                settings.tls().map(tls -> new ServerTls("source " + name, tls, context.vertx(), context.clock())),
                context.vertx());
    }

    @Override
    public SourceNeeds needs() {
        return settings.connect().isPresent()
                ? SourceNeeds.ofLineClient()
                : SourceNeeds.ofListener(settings.maxConnections());
    }

    @Override
    public Optional<Duration> streamRetention() {
        return Optional.of(settings.sessionRetain());
    }

    @Override
    public boolean keepsSessions() {
        return settings.session() == SessionMode.REQUIRED;
    }

    @Override
    public List<String> hints() {
        return settings.address()
                .map(at -> SourceUsers.hints(name, at, settings.tls().isPresent(), settings.users()))
                .orElse(List.of());
    }

    @Override
    public List<String> connectionProblems() {
        return settings.connect().map(this::connectionProblems).orElse(List.of());
    }

    /** One address that can be connected to will do: an attempt that fails is followed by one at the next address. */
    private List<String> connectionProblems(HostPort server) {
        List<String> failed = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(server.host())) {
                InetSocketAddress peer = new InetSocketAddress(address, server.port());
                try (Socket socket = new Socket()) {
                    socket.connect(peer, TcpClientSource.CONNECT_MILLIS_MAX);
                    return List.of();
                } catch (IOException e) {
                    failed.add(Addresses.text(peer) + ": " + e.getMessage());
                }
            }
        } catch (UnknownHostException e) {
            failed.add("the host is not known");
        }
        return List.of("source " + name + ": no connection to " + server + " (" + String.join("; ", failed)
                + "); the server would start and keep trying");
    }
}
