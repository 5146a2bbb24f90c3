package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSourceSettingsTest {

    private static final String KAFKA = """
            sources:
              clicks:
                type: kafka
                bootstrap-servers: "localhost:9092, [::1]:9093"
                topics: [clicks, orders.eu]
            sinks:
              api: {type: http, url: "http://localhost:8000/buckets"}
            """;

    @Test
    void shouldTakeDefaultsForWhatIsNotSet() {
        KafkaSourceSettings clicks = kafka(Yaml.load(KAFKA));

        assertThat(clicks.bootstrapServers())
                .containsExactly(new HostPort("localhost", 9092), new HostPort("::1", 9093));
        assertThat(clicks.servers()).isEqualTo("localhost:9092,[::1]:9093");
        assertThat(clicks.topics()).containsExactly("clicks", "orders.eu");
        assertThat(clicks.partitions()).as("all").isEmpty();
        assertThat(clicks.groupId()).isEqualTo("decant");
        assertThat(clicks.assignment()).isEqualTo(PartitionAssignment.OWN);
        assertThat(clicks.start()).isEqualTo(StartOffset.EARLIEST);
        assertThat(clicks.onLostOffset()).isEqualTo(OnLostOffset.FAIL);
        assertThat(clicks.onCorrupt()).isEqualTo(OnCorrupt.FAIL);
        assertThat(clicks.maxRecord()).isEqualTo(DataSize.ofMebibytes(16));
        assertThat(clicks.properties()).isEmpty();
    }

    @Test
    void shouldReadWhatIsSet() {
        KafkaSourceSettings clicks = kafka(Yaml.load(
                KAFKA,
                "sources.clicks.partitions=[0, 12]",
                "sources.clicks.start=latest",
                "sources.clicks.on-lost-offset=earliest",
                "sources.clicks.properties.isolation.level=read_uncommitted"));

        assertThat(clicks.partitions()).containsExactly(0, 12);
        assertThat(clicks.start()).isEqualTo(StartOffset.LATEST);
        assertThat(clicks.onLostOffset()).isEqualTo(OnLostOffset.EARLIEST);
        assertThat(clicks.properties())
                .containsExactly(Map.entry("isolation.level", new PropertyValue("read_uncommitted", false)));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '|', textBlock = """
            topics=clicks => a single value where a list of topics is expected
            topics=[] => is empty; name at least one
            topics=[a, a] => names something twice; remove one
            topics=[..] => '..' is not the name of a topic; write 1 to 249 of A-Z a-z 0-9 . _ -
            topics=[[a]] => a list where a text is expected
            topics=[{a: b}] => a section where a text is expected
            partitions=some => a single value where all or a list of whole numbers is expected
            partitions=[] => is empty; write all
            partitions=[-1] => '-1' is not a whole number; write digits only, 0 to 1000000
            bootstrap-servers=localhost => 'localhost' is not host:port; write e.g. 127.0.0.1:9999
            bootstrap-servers=PLAINTEXT://localhost:9092 => 'PLAINTEXT://localhost:9092' has a protocol before an address; write host:port alone, and set security.protocol in the section properties
            on-corrupt=ignore => 'ignore' is not one of the choices; write fail or skip
            assignment=shared => 'shared' is not one of the choices; write own or group
            """)
    void shouldSayWhatIsWrong(String set, String problem) {
        String key = "sources.clicks." + set.substring(0, set.indexOf('='));
        assertThat(Yaml.problems(KAFKA, "sources.clicks." + set))
                .containsExactly("--set " + key + "=...: " + key + ": " + problem);
    }

    @Test
    void shouldRefuseListedPartitionsInAGroup() {
        assertThat(Yaml.problems(KAFKA, "sources.clicks.partitions=[1]", "sources.clicks.assignment=group"))
                .singleElement()
                .asString()
                .endsWith("does not fit: with assignment: group the partitions are shared among the members;"
                        + " remove partitions, or set assignment: own");
    }

    @Test
    void shouldHoldRecordsAgainstTheSizeOfASegmentAndNotAgainstUnfinishedLines() {
        assertThat(Yaml.problems(KAFKA, "journal.unfinished=1KiB")).isEmpty();
        assertThat(Yaml.problems(KAFKA, "journal.segment-size=64MiB"))
                .singleElement()
                .asString()
                .contains("a segment of 64MiB is less than 8 records of 16MiB");
    }

    @Test
    void shouldRefusePropertiesThatDecantSets() {
        assertThat(Yaml.problems(
                        KAFKA,
                        "sources.clicks.properties.enable.auto.commit=true",
                        "sources.clicks.properties.group.id=x"))
                .containsExactlyInAnyOrder(
                        "--set sources.clicks.properties.enable.auto.commit=...:"
                                + " sources.clicks.properties.enable.auto.commit: is not set here; remove it: Decant"
                                + " decides this itself",
                        "--set sources.clicks.properties.group.id=...: sources.clicks.properties.group.id: is not set"
                                + " here; use the key group-id of the source");
    }

    @Test
    void shouldShowNoSecretProperty() {
        Settings settings = SettingsLoader.parse(
                KAFKA,
                "decant.yaml",
                Yaml.BASE_DIR,
                List.of(
                        "sources.clicks.properties.sasl.jaas.config=hunter2",
                        "sources.clicks.properties.ssl.truststore.password=hunter2",
                        "sources.clicks.properties.ssl.keystore.key=hunter2",
                        "sources.clicks.properties.client.rack='${RACK}'",
                        "sources.clicks.properties.security.protocol=SASL_SSL",
                        "sources.clicks.properties.ssl.keystore.location=/etc/a.p12"),
                Map.of("RACK", "hunter2"));

        assertThat(SettingsPrinter.print(settings))
                .doesNotContain("hunter2")
                .contains("security.protocol: SASL_SSL")
                .contains("ssl.keystore.location: /etc/a.p12")
                .contains("client.rack: \"<hidden>\"");
        assertThat(settings.toString()).doesNotContain("hunter2");
        assertThat(kafka(settings).properties().get("client.rack").value()).isEqualTo("hunter2");
    }

    @Test
    void shouldPrintWhatLoadsBackToEqualSettings() {
        Settings settings = Yaml.load(
                KAFKA,
                "sources.clicks.topics=['0x1F', '_', a-b]",
                "sources.clicks.partitions=[0, 12]",
                "sources.clicks.properties.client.rack=r1");

        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
        assertThat(SettingsPrinter.print(settings)).contains("partitions: [0, 12]");
        assertThat(SettingsPrinter.print(Yaml.load(KAFKA))).contains("partitions: all");
    }

    private static KafkaSourceSettings kafka(Settings settings) {
        return (KafkaSourceSettings) settings.sources().get("clicks");
    }
}
