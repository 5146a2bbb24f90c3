package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.PropertyValue;
import io.decant.config.StartOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumerPropertiesTest {

    private static KafkaSourceComponent source(String name, String value) {
        return new KafkaSourceComponent(
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
        KafkaSourceComponent source = source("isolation.level", "read_uncommitted");
        assertThat(source.problems()).isEmpty();
        assertThat(source.hints()).isEmpty();
    }

    /** A batch is kept from the client by a checksum that is wrong. */
    @Test
    void shouldCheckChecksumsAndKnowHowManyRecordsAreUnpackedAtOnce() {
        assertThat(ClientConfig.consumer("s", source("check.crcs", "false").settings()))
                .containsEntry("check.crcs", true);
        assertThat(ClientConfig.pollRecordsMax(
                        "s", source("max.poll.records", "7").settings()))
                .isEqualTo(7);
        assertThat(ClientConfig.pollRecordsMax("s", source("check.crcs", "true").settings()))
                .isEqualTo(8_192);
    }

    @Test
    void shouldRefuseASlipAndNameWhatIsMeant() {
        assertThat(source("isolation.levl", "read_uncommitted").problems())
                .containsExactly(
                        "source s: Kafka's consumer has no property isolation.levl, set in sources.s.properties;"
                                + " write isolation.level");
    }

    @Test
    void shouldOnlyWarnOfWhatMayBeAPlugInsOwn() {
        KafkaSourceComponent source = source("tracing.interceptor.endpoint", "x");
        assertThat(source.problems()).isEmpty();
        assertThat(source.hints())
                .singleElement()
                .asString()
                .startsWith("source s: Kafka's consumer has no property tracing.interceptor.endpoint, set in"
                        + " sources.s.properties");
    }

    @Test
    void shouldRefuseClassesThatAreNotThereOrNotOfTheirKind() {
        assertThat(source("interceptor.classes", "com.example.Nothing").problems())
                .singleElement()
                .asString()
                .contains("interceptor.classes", "there is no class com.example.Nothing");
        assertThat(source("interceptor.classes", "java.lang.String").problems())
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
