package io.decant.ingest.component;

import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkType;
import io.decant.ingest.sink.console.ConsoleSinkComponent;
import io.decant.ingest.sink.hdfs.HdfsSinkComponent;
import io.decant.ingest.sink.http.HttpSinkComponent;
import io.decant.ingest.sink.jdbc.JdbcSinkComponent;
import io.decant.ingest.sink.spark.SparkSinkComponent;
import java.util.List;
import java.util.Map;

/** The types of sinks, and the way from the settings of a sink to its {@link SinkComponent}. Stateless. */
public final class SinkTypes {

    /** A new type is added here, and in {@code io.decant.config.Settings}; a test compares the two. */
    static final List<SinkType<?>> ALL = List.of(
            HttpSinkComponent.TYPE, //
            HdfsSinkComponent.TYPE,
            ConsoleSinkComponent.TYPE,
            JdbcSinkComponent.TYPE,
            SparkSinkComponent.TYPE);

    private SinkTypes() {}

    /** The sinks of these settings, in their order. */
    public static List<SinkComponent> of(Settings settings) {
        return of(settings.sinks());
    }

    /** These sinks, by name, in their order. */
    public static List<SinkComponent> of(Map<String, SinkSettings> sinks) {
        return sinks.entrySet().stream()
                .map(sink -> type(sink.getValue()).component(sink.getKey(), sink.getValue()))
                .toList();
    }

    private static SinkType<?> type(SinkSettings sink) {
        return ALL.stream()
                .filter(type -> type.name().equals(sink.type()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sink of type " + sink.type()));
    }
}
