package io.decant.ingest.component;

import io.decant.config.Settings;
import io.decant.config.SourceSettings;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceType;
import io.decant.ingest.source.http.HttpSourceComponent;
import io.decant.ingest.source.kafka.KafkaSourceComponent;
import io.decant.ingest.source.mysql.MysqlSourceComponent;
import io.decant.ingest.source.tcp.TcpSourceComponent;
import java.util.List;
import java.util.Map;

/** The types of sources, and the way from the settings of a source to its {@link SourceComponent}. Stateless. */
public final class SourceTypes {

    /** A new type is added here, and in {@code io.decant.config.Settings}; a test compares the two. */
    static final List<SourceType<?>> ALL = List.of(
            TcpSourceComponent.TYPE, KafkaSourceComponent.TYPE, MysqlSourceComponent.TYPE, HttpSourceComponent.TYPE);

    private SourceTypes() {}

    /** The sources of these settings, in their order. */
    public static List<SourceComponent> of(Settings settings) {
        return of(settings.sources());
    }

    /** These sources, by name, in their order. */
    public static List<SourceComponent> of(Map<String, SourceSettings> sources) {
        return sources.entrySet().stream()
                .map(source -> type(source.getValue()).component(source.getKey(), source.getValue()))
                .toList();
    }

    private static SourceType<?> type(SourceSettings source) {
        return ALL.stream()
                .filter(type -> type.name().equals(source.type()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no source of type " + source.type()));
    }
}
