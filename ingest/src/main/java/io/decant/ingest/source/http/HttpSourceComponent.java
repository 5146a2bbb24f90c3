package io.decant.ingest.source.http;

import io.decant.config.HttpSourceSettings;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceContext;
import io.decant.ingest.source.SourceNeeds;
import io.decant.ingest.source.SourceType;
import io.decant.ingest.source.SourceUsers;
import io.decant.ingest.tls.ServerTls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code type: http}. */
public record HttpSourceComponent(String name, HttpSourceSettings settings) implements SourceComponent {

    public static final SourceType<HttpSourceSettings> TYPE =
            new SourceType<>(HttpSourceSettings.TYPE, HttpSourceSettings.class, HttpSourceComponent::new);

    @Override
    public Source create(SourceContext context) {
        return new HttpSource(
                name,
                settings,
                context.clock(),
                context.served(),
                context.unfinished(),
                context.connections().get(name),
                Runtime.getRuntime().availableProcessors(),
                settings.tls().map(tls -> new ServerTls("source " + name, tls, context.vertx(), context.clock())),
                context.vertx());
    }

    @Override
    public List<String> hints() {
        return SourceUsers.hints(name, settings.address(), settings.tls().isPresent(), settings.users());
    }

    @Override
    public SourceNeeds needs() {
        return SourceNeeds.ofListener(settings.maxConnections());
    }

    @Override
    public Optional<Duration> streamRetention() {
        return Optional.of(settings.sessionRetain());
    }

    @Override
    public Optional<Duration> streamRetention(String stream) {
        return Optional.of(
                stream.startsWith(StreamId.REQUEST_PREFIX) ? settings.idempotencyRetain() : settings.sessionRetain());
    }

    @Override
    public boolean keepsSessions() {
        return true;
    }
}
