package io.decant.ingest.sink.spark;

import io.decant.bucketer.KeySpec;
import io.decant.config.SparkSinkSettings;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/** {@code type: spark}. */
public record SparkSinkComponent(String name, SparkSinkSettings settings) implements SinkComponent {

    public static final SinkType<SparkSinkSettings> TYPE =
            new SinkType<>(SparkSinkSettings.TYPE, SparkSinkSettings.class, SparkSinkComponent::new);

    /** Of the driver's pipes and log, of jars, and of connections to name and data nodes. */
    private static final int DESCRIPTORS = 32;

    /** A job gets the records of its batch, all of them at once. */
    private static final String RECORDS = "records";

    @Override
    public Sink create(SinkContext context) {
        return new SparkSink(
                name,
                settings,
                context,
                Executors.newSingleThreadExecutor(new DefaultThreadFactory("decant-spark-" + name, true)));
    }

    @Override
    public SinkShape shape() {
        return new SinkShape(name, settings.type(), RECORDS, Long.MAX_VALUE, Long.MAX_VALUE, JobText.of(settings));
    }

    @Override
    public String target() {
        return settings.uri().toString();
    }

    @Override
    public SinkNeeds needs() {
        return SinkNeeds.ofDescriptors(DESCRIPTORS);
    }

    @Override
    public Optional<List<Path>> jobJars() {
        return Optional.of(settings.jars());
    }

    /** Of a disk of this machine. */
    @Override
    public List<String> connectionProblems(KeySpec bucketKey) {
        if (!settings.isLocal()) {
            return List.of();
        }
        Path existing = Path.of(settings.uri());
        // A directory that is not there yet is made by the first batch.
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (Files.isDirectory(existing) && Files.isWritable(existing)) {
            return List.of();
        }
        return List.of("sink " + name + ": " + existing
                + " is no directory that may be written to; the server would start and keep trying");
    }
}
