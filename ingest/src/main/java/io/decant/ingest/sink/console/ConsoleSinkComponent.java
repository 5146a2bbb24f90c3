package io.decant.ingest.sink.console;

import io.decant.config.ConsoleSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.concurrent.Executors;

/** {@code type: console}. */
public record ConsoleSinkComponent(String name, ConsoleSinkSettings settings) implements SinkComponent {

    public static final SinkType<ConsoleSinkSettings> TYPE =
            new SinkType<>(ConsoleSinkSettings.TYPE, ConsoleSinkSettings.class, ConsoleSinkComponent::new);

    @Override
    public Sink create(SinkContext context) {
        return new ConsoleSink(
                name,
                context.standardOutput(),
                Executors.newSingleThreadExecutor(new DefaultThreadFactory("decant-console-" + name, true)),
                () -> context.wakeLane().accept(name));
    }

    /** The limit is frozen as the records of a part. */
    @Override
    public SinkShape shape() {
        return new SinkShape(
                name,
                settings.type(),
                settings.format().name().toLowerCase(Locale.ROOT),
                settings.limit() == 0 ? Long.MAX_VALUE : settings.limit(),
                Long.MAX_VALUE);
    }

    @Override
    public String target() {
        return "standard output";
    }

    @Override
    public SinkNeeds needs() {
        return SinkNeeds.ofDescriptors(0);
    }
}
