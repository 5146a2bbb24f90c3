package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.PropertyValue;
import io.decant.config.SourceSettings;
import io.decant.config.StartOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerPropertiesTest {

    private static Map<String, SourceSettings> sources(String name, String value) {
        return Map.of(
                "s",
                new KafkaSourceSettings(
                        List.of(new HostPort("localhost", 9092)),
                        List.of("t"),
                        List.of(),
                        "g",
                        PartitionAssignment.OWN,
                        StartOffset.EARLIEST,
                        OnLostOffset.FAIL,
                        OnCorrupt.FAIL,
                        DataSize.ofMebibytes(1),
                        Map.of(name, new PropertyValue(value, false))));
    }

    @Test
    void shouldTakeWhatKafkaKnows() {
        Map<String, SourceSettings> sources = sources("isolation.level", "read_uncommitted");
        assertThat(KafkaSource.problems(sources)).isEmpty();
        assertThat(KafkaSource.hints(sources)).isEmpty();
    }

    @Test
    void shouldRefuseASlipAndNameWhatIsMeant() {
        assertThat(KafkaSource.problems(sources("isolation.levl", "read_uncommitted")))
                .containsExactly(
                        "source s: Kafka's consumer knows no property isolation.levl, set in sources.s.properties;"
                                + " write isolation.level");
    }

    @Test
    void shouldOnlyWarnOfWhatMayBeAPlugInsOwn() {
        Map<String, SourceSettings> sources = sources("tracing.interceptor.endpoint", "x");
        assertThat(KafkaSource.problems(sources)).isEmpty();
        assertThat(KafkaSource.hints(sources))
                .singleElement()
                .asString()
                .startsWith("source s: Kafka's consumer knows no property tracing.interceptor.endpoint, set in"
                        + " sources.s.properties");
    }

    @Test
    void shouldRefuseClassesThatAreNotThereOrNotOfTheirKind() {
        assertThat(KafkaSource.problems(sources("interceptor.classes", "com.example.Nothing")))
                .singleElement()
                .asString()
                .contains("interceptor.classes", "there is no class com.example.Nothing");
        assertThat(KafkaSource.problems(sources("interceptor.classes", "java.lang.String")))
                .singleElement()
                .asString()
                .contains("java.lang.String is not a ConsumerInterceptor");
    }

    @Test
    void shouldCountLetters() {
        assertThat(ConsumerProperties.letters("isolation.levl", "isolation.level"))
                .isEqualTo(1);
        assertThat(ConsumerProperties.letters("", "abc")).isEqualTo(3);
        assertThat(ConsumerProperties.letters("kitten", "sitting")).isEqualTo(3);
    }
}
