package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.ClientAuth;
import io.decant.config.ServerTlsSettings;
import io.decant.ingest.admin.MetricNames;
import io.decant.ingest.tls.ServedCertificates;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The dashboard and the alerts of {@code docs/monitoring}, against what a server with most of its parts shows. */
class MonitoringIT {

    private static final Path FOLDER = Path.of(System.getProperty("decant.root"), "docs/monitoring");
    private static final Pattern METRIC = Pattern.compile("\\b(?:decant|jvm|process|system)_[a-z0-9_]+");
    /** What Prometheus makes of a histogram or a summary, besides its name. */
    private static final Pattern PART = Pattern.compile("_(?:bucket|sum|count)$");

    @TempDir
    Path folder;

    @Test
    @Timeout(120)
    void shouldAskOnlyForMetricsThatALiveServerHas() throws Exception {
        Set<String> asked = new TreeSet<>();
        alerts().forEach(alert -> addMetrics(asked, alert.get("expr").toString()));
        expressions().forEach(expression -> addMetrics(asked, expression));
        assertThat(asked).hasSizeGreaterThan(40);

        String metrics = metricsOfALiveServer();

        Set<String> shown = MetricNames.of(metrics);
        assertThat(asked.stream()
                        .filter(name -> !shown.contains(name)
                                && !shown.contains(PART.matcher(name).replaceFirst("")))
                        .toList())
                .as("metrics that dashboard or alerts ask for, and nobody has")
                .isEmpty();
        assertThat(MetricNames.complaints(metrics)).isEmpty();
    }

    private String metricsOfALiveServer() throws Exception {
        TestBroker broker = TestBroker.shared();
        String topic = broker.newTopic(1);
        broker.send(List.of(new ProducerRecord<>(topic, 0, null, "one".getBytes(UTF_8))));
        ServedCertificates made = ServedCertificates.make(Files.createDirectory(folder.resolve("certificates")));
        ServedCertificates.show(made.server(), folder);
        ServerTlsSettings tls = made.settings(folder, ClientAuth.NONE);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start(
                    "sources.lines={type: tcp, address: '127.0.0.1:0', tls: {certificate: '%s', key: '%s'}}"
                            .formatted(tls.certificate(), tls.key()),
                    "offload.above=1TiB");
            world.awaitRecords(1);
            world.awaitPartition(topic, 0, partition -> partition.lag().isPresent());
            // Pauses are shown once there was one.
            System.gc();
            URI metrics = URI.create("http://" + world.server().adminAddress() + "/metrics");
            try (InputStream answer = metrics.toURL().openStream()) {
                return new String(answer.readAllBytes(), UTF_8);
            }
        }
    }

    private static void addMetrics(Set<String> names, String expression) {
        METRIC.matcher(expression).results().map(MatchResult::group).forEach(names::add);
    }

    @Test
    void shouldSayOfEachAlertWhatItMeansAndWhatToDo() throws IOException {
        assertThat(alerts()).hasSizeGreaterThan(15).allSatisfy(alert -> {
            assertThat(alert).containsKeys("alert", "expr", "labels", "annotations");
            assertThat(alert.get("alert").toString()).matches("Decant[A-Z][A-Za-z]+");
            assertThat(map(alert.get("labels")).get("severity")).isIn("info", "warning", "critical");
            assertThat(map(alert.get("annotations"))).containsOnlyKeys("summary", "description", "action");
        });
        assertThat(alerts().stream().map(alert -> alert.get("alert"))).doesNotHaveDuplicates();
    }

    @Test
    void shouldNameOnlyPagesThatThereAreInAlerts() throws IOException {
        List<String> pages = Pattern.compile("docs/[a-z-]+\\.md|[A-Z]+\\.md")
                .matcher(Files.readString(FOLDER.resolve("alerts.yml")))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(pages)
                .isNotEmpty()
                .allMatch(page -> Files.exists(FOLDER.resolve("../..").resolve(page)));
    }

    @Test
    void shouldNotCoverAPanelOfTheDashboardByAnother() throws IOException {
        Set<String> taken = new TreeSet<>();
        for (JsonObject panel : panels()) {
            JsonObject place = panel.getJsonObject("gridPos");
            for (int x = 0; x < place.getInteger("w"); x++) {
                for (int y = 0; y < place.getInteger("h"); y++) {
                    assertThat(place.getInteger("x") + x).isLessThan(24);
                    assertThat(taken.add((place.getInteger("x") + x) + "/" + (place.getInteger("y") + y)))
                            .as("%s", panel.getString("title"))
                            .isTrue();
                }
            }
        }
        assertThat(panels().stream().map(panel -> panel.getInteger("id"))).doesNotHaveDuplicates();
    }

    @SuppressWarnings("unchecked") // Keys of YAML that is ours.
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<Map<String, Object>> alerts() throws IOException {
        Object rules =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FOLDER.resolve("alerts.yml")));
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (Object group : (List<?>) map(rules).get("groups")) {
            ((List<?>) map(group).get("rules")).forEach(rule -> alerts.add(map(rule)));
        }
        return alerts;
    }

    private static List<JsonObject> panels() throws IOException {
        JsonArray panels = new JsonObject(Files.readString(FOLDER.resolve("grafana.json"))).getJsonArray("panels");
        return panels.stream().map(JsonObject.class::cast).collect(Collectors.toList());
    }

    private static List<String> expressions() throws IOException {
        return panels().stream()
                .filter(panel -> panel.containsKey("targets"))
                .flatMap(panel -> panel.getJsonArray("targets").stream())
                .map(target -> ((JsonObject) target).getString("expr"))
                .toList();
    }
}
