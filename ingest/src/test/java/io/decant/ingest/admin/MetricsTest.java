package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.ingest.history.History;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, formats and types of {@code /metrics}, as Prometheus and its users expect them. */
class MetricsTest {

    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer admin;

    @BeforeEach
    void start() {
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of()),
                AdminServer.CONNECTIONS_MAX,
                AdminFixture.unsecured(),
                metrics,
                AdminFormatsTest::status,
                query -> null,
                new History(InstantSource.system()));
        admin.start();
    }

    @AfterEach
    void stop() {
        admin.close();
        metrics.close();
    }

    private HttpResponse<String> scrape(String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + "/metrics"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private static String type(HttpResponse<String> answer) {
        return answer.headers().firstValue("content-type").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jvm_memory_used_bytes",
                "jvm_memory_max_bytes",
                "jvm_memory_usage_after_gc",
                "jvm_gc_pause_seconds_count",
                "jvm_gc_memory_allocated_bytes_total",
                "jvm_threads_live_threads",
                "jvm_threads_states_threads",
                "jvm_buffer_memory_used_bytes",
                "jvm_classes_loaded_classes",
                "jvm_info",
                "process_cpu_usage",
                "process_cpu_seconds_total",
                "process_files_open_files",
                "process_open_fds",
                "process_max_fds",
                "process_start_time_seconds",
                "process_uptime_seconds",
                "system_cpu_count",
                "system_cpu_usage",
                "system_load_average_1m"
            })
    void shouldHaveWhatDashboardsOfAnyJvmAskFor(String name) throws Exception {
        System.gc();
        assertThat(scrape().body().lines())
                .anyMatch(line -> line.startsWith(name + " ") || line.startsWith(name + "{"));
    }

    @Test
    void shouldSayHowMuchOfTheMachineTheProcessHas() throws Exception {
        Map<String, Double> values = new TreeMap<>();
        scrape().body().lines().filter(line -> line.startsWith("process_")).forEach(line -> {
            String[] sample = line.split(" ", -1);
            values.put(sample[0], Double.parseDouble(sample[1]));
        });
        double resident = values.get("process_resident_memory_bytes");
        assertThat(resident).isGreaterThan(1 << 20);
        assertThat(values.get("process_virtual_memory_bytes")).isGreaterThan(resident);
        double cpuSeconds =
                ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
        assertThat(values.get("process_cpu_seconds_total")).isBetween(cpuSeconds / 10, cpuSeconds + 1);
        assertThat(values.get("process_open_fds")).isBetween(1.0, values.get("process_max_fds"));
    }

    /** Dashboards made for 0.1.0. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "decant_jvm_memory_used_bytes",
                "decant_jvm_gc_memory_allocated_bytes_total",
                "decant_jvm_threads_live_threads",
                "decant_process_cpu_usage",
                "decant_process_uptime_seconds",
                "decant_system_cpu_count"
            })
    void shouldKeepTheNamesOfTheVersionBefore(String name) throws Exception {
        assertThat(scrape().body().lines())
                .anyMatch(line -> line.startsWith(name + " ") || line.startsWith(name + "{"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/openmetrics-text; version=1.0.0",
                // As Prometheus 2 and 3 ask.
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
                "Application/OpenMetrics-Text",
            })
    void shouldSpeakOpenMetricsWhenAsked(String accept) throws Exception {
        HttpResponse<String> answer = scrape("Accept", accept);
        assertThat(type(answer)).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(answer.body()).endsWith("# EOF\n").containsOnlyOnce("# EOF");
        assertThat(answer.body()).contains("# TYPE decant_batches counter\n", "decant_batches_total 8.0\n");
        assertThat(answer.body().lines().filter(line -> line.startsWith("# TYPE ")))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*",
                "text/plain",
                "text/html,application/xhtml+xml,*/*;q=0.8",
                "application/openmetrics-text;q=0.3,text/plain;q=0.9",
                "application/openmetrics-text;q=0",
                "application/openmetrics-texts",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
            })
    void shouldSpeakPlainTextOtherwise(String accept) throws Exception {
        HttpResponse<String> answer = scrape("Accept", accept);
        assertThat(type(answer)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).doesNotContain("# EOF").contains("# TYPE decant_batches_total counter\n");
    }

    @Test
    void shouldNameMetricsAndLabelsAsPromtoolWants() throws Exception {
        String body = scrape().body();
        assertThat(MetricNames.of(body)).contains("decant_batches_total", "decant_sink_lag_seconds", "jvm_info");
        assertThat(MetricNames.complaints(body)).isEmpty();
    }
}
