package io.decant.ingest.component;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.config.SinkSettings;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkType;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A type that can be set can be run, and the other way round. */
class ComponentTypesTest {

    @Test
    void shouldHaveASourceForEachTypeOfTheSettings() {
        assertThat(SourceTypes.ALL.stream().collect(toMap(SourceType::name, SourceType::settings)))
                .isEqualTo(Settings.sourceTypes());
    }

    @Test
    void shouldHaveASinkForEachTypeOfTheSettings() {
        assertThat(SinkTypes.ALL.stream().collect(toMap(SinkType::name, SinkType::settings)))
                .isEqualTo(Settings.sinkTypes());
    }

    @Test
    void shouldMakeTheComponentsOfSettingsInTheirOrder() {
        Settings settings = SettingsLoader.parse("""
                sources:
                  b: {type: kafka, bootstrap-servers: "localhost:1", topics: [t]}
                  a: {type: tcp, address: "127.0.0.1:0"}
                sinks:
                  y: {type: hdfs, uri: "file:///srv/decant"}
                  x: {type: http, url: "http://localhost:1/in?token=secret"}
                """, "test.yaml", Path.of("/"), List.of(), Map.of());

        assertThat(SourceTypes.of(settings)).extracting(SourceComponent::name).containsExactly("b", "a");
        List<SinkComponent> sinks = SinkTypes.of(settings);
        assertThat(sinks).extracting(SinkComponent::name).containsExactly("y", "x");
        assertThat(sinks)
                .extracting(SinkComponent::target)
                .containsExactly("file:///srv/decant", "http://localhost:1/in");
        // Cuts hold the type, so it must be the word of the settings.
        assertThat(sinks)
                .extracting(sink -> sink.shape().type())
                .containsExactlyElementsOf(settings.sinks().values().stream()
                        .map(SinkSettings::type)
                        .toList());
    }
}
