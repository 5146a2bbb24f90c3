package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.client.SparkWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sentence that says whether the server is healthy. */
class HealthTest {

    private String state = "running";
    private String pressure = "none";
    private long backlogBytes;
    private ServerStatus.Offload offload = ServerStatus.Offload.OFF;
    private ServerStatus.DeadLetters letters = new ServerStatus.DeadLetters(0, 0, 100, "", Map.of());
    private final List<String> stalled = new ArrayList<>();
    private final Map<String, ServerStatus.Source> sources = new LinkedHashMap<>();
    private final Map<String, ServerStatus.Sink> sinks = new LinkedHashMap<>();
    private final List<ServerStatus.Batch> batches = new ArrayList<>();

    private Health health() {
        return Health.of(new ServerStatus(
                "n",
                "v",
                state,
                List.of(),
                stalled,
                pressure,
                new ServerStatus.Journal("1", 0, 0, 0, 0, backlogBytes, 0, 0, 0, 0, 0, 1_000),
                sources,
                sinks,
                offload,
                letters,
                batches));
    }

    private static ServerStatus.Sink sink(String state, String error, double lagSeconds, long lagRecords) {
        return new ServerStatus.Sink(
                "http", "http://h/", 7, state, error, lagSeconds, lagRecords, 0, 0, 0, 0, false, Map.of());
    }

    private static ServerStatus.Source listening(String address, Optional<ServerStatus.Tls> tls) {
        return new ServerStatus.Source(
                "tcp", address, 0, 0, 0, 0, 0, 0, false, Optional.empty(), Optional.empty(), tls, Optional.empty());
    }

    private static ServerStatus.Source reading(ServerStatus.Reading reading) {
        return new ServerStatus.Source("kafka", "k:9092", 0, 0, 0, 0, 0, 0, false, Optional.of(reading));
    }

    private void isHealthy(String sentence) {
        assertThat(health()).isEqualTo(new Health(true, "ok", sentence, List.of()));
    }

    private void isNot(String level, String sentence) {
        Health health = health();
        assertThat(health.sentence()).isEqualTo(sentence);
        assertThat(health.level()).isEqualTo(level);
        assertThat(health.ok()).isEqualTo(level.equals("waiting"));
        assertThat(health.problems()).containsExactly(sentence);
    }

    @Test
    void shouldSayThatTheServerIsHealthy() {
        isHealthy("Healthy. Every sink has everything.");
        sources.put("lines", listening("127.0.0.1:9", Optional.empty()));
        sources.put("clicks", reading(new ServerStatus.Reading("reading", "", Map.of())));
        sources.put("tables", reading(new ServerStatus.Reading("done", "", null, Map.of())));
        sinks.put("api", sink("delivering", "", 0.44, 12));
        sinks.put("files", sink("idle", "", 0, 0));
        isHealthy("Healthy. The oldest undelivered record is 0.4 s old.");
    }

    @Test
    void shouldSayWhatASinkNeeds() {
        sinks.put("api", sink("failing", "status 401", 20, 1_204));
        isNot(
                "failing",
                "Sink api cannot deliver: status 401. It keeps retrying. 1,204 records wait. Nothing is lost. This needs"
                        + " somebody to fix the receiver or the settings of the sink.");
        sinks.put("api", sink("stopped", "no memory.", 20, 1));
        isNot(
                "failing",
                "Sink api has stopped until the next start: no memory. 1 record waits. Nothing is lost. Fix the cause"
                        + " and restart.");
        sinks.put("api", sink("retrying", "timeout", 2, 5));
        isNot("warning", "Sink api is retrying: timeout. 5 records wait. Nothing is lost.");
    }

    @Test
    void shouldSayThatASinkIsBehindWhereItIsBehindByMoreThanWindows() {
        sinks.put("api", sink("delivering", "", 61, 5));
        isNot(
                "warning",
                "Sink api is 61 s behind. 5 records wait. See whether its receiver is slow, or raise its concurrency.");
        batches.add(new ServerStatus.Batch(
                1, "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z", 1, 1, 1, "memory", "delivering", "", 0, Map.of()));
        isHealthy("Healthy. The oldest undelivered record is 61.0 s old.");
        sinks.put("api", sink("delivering", "", 3 * 3_600 + 61, 5));
        assertThat(health().level()).isEqualTo("warning");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            backlog      | failing | undelivered records have reached journal.max-backlog
            free-space   | failing | less than journal.min-free
            dead-letters | failing | dlq.max-size
            no-segment   | waiting | next segment
            other        | waiting | The sources are paused: other.
            """)
    void shouldSayWhySourcesArePaused(String why, String level, String words) {
        pressure = why;
        assertThat(health().level()).isEqualTo(level);
        assertThat(health().sentence()).startsWith("The sources are paused").contains(words);
    }

    @Test
    void shouldSayThatSourcesWillPause() {
        backlogBytes = 800;
        assertThat(health().ok()).isTrue();
        backlogBytes = 850;
        isNot(
                "warning",
                "Undelivered records take 85 % of journal.max-backlog. At 100 % the sources pause. See which sink is"
                        + " behind, or raise the bound.");
    }

    @Test
    void shouldSayWhatASourceNeeds() {
        sources.put("lines", listening("", Optional.empty()));
        isNot("failing", "Source lines does not listen. See the log.");
        sources.put("lines", reading(new ServerStatus.Reading("away", "k:9092 refused", Map.of())));
        isNot(
                "failing",
                "Source lines cannot read: k:9092 refused. It keeps retrying. Other sources are not affected.");
        sources.put("lines", reading(new ServerStatus.Reading("connecting", "", Map.of())));
        isNot("waiting", "Source lines is connecting.");
        sources.put("lines", reading(new ServerStatus.Reading("stopped", "no rights", Map.of())));
        isNot("failing", "Source lines has stopped until the next start: no rights.");
        ServerStatus.Partition well = new ServerStatus.Partition(
                "t", 0, "reading", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0, 0, "");
        ServerStatus.Partition bad = new ServerStatus.Partition(
                "t", 1, "refused", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), 0, 0, "denied");
        sources.put("lines", reading(new ServerStatus.Reading("reading", "", Map.of("t-0", well, "t-1", bad))));
        isNot("warning", "Source lines has an error in 1 of 2 partitions, the first is t-1: denied.");
    }

    @Test
    void shouldSayThatACertificateExpires() {
        sources.put("lines", listening("a:1", Optional.of(new ServerStatus.Tls("", 30, "", 0, ""))));
        assertThat(health().ok()).isTrue();
        sources.put("lines", listening("a:1", Optional.of(new ServerStatus.Tls("", 3, "", 0, ""))));
        isNot("warning", "The certificate of source lines expires in 3 days. Renew it.");
        sources.put("lines", listening("a:1", Optional.of(new ServerStatus.Tls("", -1, "", 0, ""))));
        isNot("failing", "The certificate of source lines has expired. Renew it.");
        sources.put("lines", listening("a:1", Optional.of(new ServerStatus.Tls("", 30, "no PEM file", 0, ""))));
        isNot("warning", "The new certificate of source lines cannot be used, so the old one stays: no PEM file.");
    }

    @Test
    void shouldSayWhatWaitsForAnOperator() {
        letters = new ServerStatus.DeadLetters(1, 5, 100, "", Map.of());
        isNot(
                "warning",
                "1 record is a dead letter. 'decant dlq list' shows why; 'decant dlq replay' sends them again.");
        letters = new ServerStatus.DeadLetters(0, 5, 100, "the disk is full", Map.of());
        isNot("failing", "Dead letters are in trouble: the disk is full.");
        letters = new ServerStatus.DeadLetters(0, 0, 100, "", Map.of());
        offload = new ServerStatus.Offload(
                "retrying", "ready", "", 8, 0, 0, 0, 0, 0, "no executors", 0, 1, SparkWork.NONE);
        isNot(
                "failing",
                "Batch 8 cannot be split on Spark: no executors. It keeps retrying, and the sinks wait. See the log of"
                        + " the driver.");
    }

    @Test
    void shouldSayWhatTheServerIsDoing() {
        state = "starting";
        isNot("waiting", "The server is starting.");
        state = "draining";
        isNot("waiting", "The server is shutting down. It takes no more records and delivers what it has.");
        state = "failed";
        assertThat(health().level()).isEqualTo("failing");
        state = "running";
        stalled.add("journal-syncer");
        assertThat(health().sentence()).startsWith("No progress for 10 s in journal-syncer.");
    }

    @Test
    void shouldBeginWithTheWorst() {
        letters = new ServerStatus.DeadLetters(3, 5, 100, "", Map.of());
        sinks.put("api", sink("retrying", "timeout", 2, 5));
        sinks.put("files", sink("stopped", "no room", 2, 5));
        assertThat(health().problems()).hasSize(3);
        assertThat(health().sentence()).startsWith("Sink files has stopped");
        assertThat(health().problems().get(1)).startsWith("Sink api");
    }
}
