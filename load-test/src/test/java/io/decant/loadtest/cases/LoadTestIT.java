package io.decant.loadtest.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.cli.ExitStatus;
import io.decant.loadtest.limit.Limit;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Stats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cases at their shortest, with real servers: that they end, verify, and leave nothing behind. How fast it was is not
 * asked.
 */
@Timeout(300)
class LoadTestIT {

    private static final Path DISTRIBUTION = Path.of(System.getProperty("decant.distribution"));

    @TempDir
    Path temp;

    private CaseReport run(LoadCase one, Optional<Path> earlier) throws IOException {
        return one.run(new LoadTest(
                DISTRIBUTION,
                earlier,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                temp,
                Limit.in(temp),
                1,
                OptionalInt.of(1),
                1,
                what -> {}));
    }

    @Test
    void shouldMeasureIngestAndVerifyIt() throws IOException {
        CaseReport report = run(new IngestCase(), Optional.empty());
        assertThat(report.checks()).contains("Verdict: both rules held.");
        assertThat(report.verified()).isTrue();
        assertThat(report.rows()).first().satisfies(row -> {
            assertThat(row.ours().median()).isPositive();
            assertThat(row.theirs().orElseThrow().median()).isPositive();
            assertThat(row.target()).isPresent();
        });
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsOnly("limit", "limit.c", "cc.log");
        }
    }

    @Test
    void shouldMeasureWhatOpenPagesCost() throws IOException {
        CaseReport report = run(new PagesCase(), Optional.empty());
        assertThat(report.rows())
                .filteredOn(row -> row.what().startsWith("CPU of the admin threads"))
                .hasSize(2)
                .allSatisfy(
                        row -> assertThat(row.ratio().orElseThrow().median()).isBetween(0.0, 1.0));
        assertThat(report.rows())
                .filteredOn(row -> row.what().startsWith("events"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.ours().median()).isPositive());
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsOnly("limit", "limit.c", "cc.log");
        }
    }

    @Test
    void shouldMeasureRecordsAsApplicationsSendThemBesideLines() throws IOException {
        LoadTest test = new LoadTest(
                DISTRIBUTION,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                temp,
                Limit.in(temp),
                1,
                OptionalInt.of(1),
                1,
                what -> {});

        List<RealDelivery.Way> ways = RealDelivery.WAYS.stream()
                .filter(way -> way.tls() || way.name().equals("json:/user/id, json"))
                .toList();
        List<Row> rows = new RealDelivery(test, ways, 1, 1).rows();

        assertThat(rows)
                .extracting(Row::what)
                .containsExactly(
                        "json:/user/id, json",
                        "json:/user/id, json: CPU",
                        "json:/user/id, json: first 1 s",
                        "json:/user/id, json: resident memory",
                        "json:/user/id, json, TLS to the receiver",
                        "json:/user/id, json, TLS to the receiver: CPU",
                        "json:/user/id, json, TLS to the receiver: first 1 s",
                        "json:/user/id, json, TLS to the receiver: resident memory");
    }

    @Test
    void shouldMeasureTheMostMemoryWhileAReceiverStalls() throws IOException {
        List<MemoryCase.Way> stalling = MemoryCase.WAYS.stream()
                .filter(MemoryCase.Way::isStalling)
                .limit(1)
                .toList();
        CaseReport report = run(new MemoryCase(stalling, 1, 1), Optional.empty());
        Row memory = report.rows().get(0);
        assertThat(memory.what()).contains("a receiver that stalls");
        assertThat(memory.ours().min()).isBetween((double) (64 << 20), (double) (768 << 20));
    }

    @Test
    void shouldMeasureABatchOfManyBuckets() throws IOException {
        BucketsCase.Size slow = new BucketsCase.Size(50, Duration.ofMillis(50));
        CaseReport report =
                run(new BucketsCase(1_000, List.of(new BucketsCase.Size(1, Duration.ZERO), slow)), Optional.empty());

        assertThat(report.rows())
                .filteredOn(row -> row.what().equals(slow.text()))
                .singleElement()
                // Bucket after bucket.
                .satisfies(row -> assertThat(row.ours().median()).isGreaterThan(49 * 0.05));
    }

    @Test
    void shouldMeasureThePeersThatAreThereAndNameTheOthers() throws IOException {
        CaseReport report = run(new PeersCase(1, 1), Optional.empty());

        String shown = report.toString();
        assertThat(shown).contains("Kafka", "Redis", "rsyslog", "Spark");
        assertThat(report.rows()).hasSizeGreaterThan(6).allSatisfy(row -> {
            assertThat(row.ours().median()).as(shown).isPositive();
            assertThat(row.theirs().map(Stats::median).orElse(1.0)).as(shown).isPositive();
        });
        // A peer has three rows, or a note.
        long compared = report.rows().stream()
                .flatMap(row -> row.against().stream())
                .distinct()
                .count();
        long skipped =
                report.notes().stream().filter(note -> note.contains("skipped")).count();
        assertThat(compared + skipped).as(shown).isEqualTo(4);
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsOnly("limit", "limit.c", "cc.log");
        }
    }

    @Test
    void shouldMeasureLatencyBesideAnEarlierBuildAndVerifyIt() throws IOException {
        CaseReport report = run(new LatencyCase(), Optional.of(DISTRIBUTION));
        assertThat(report.verified()).as(report.toString()).isTrue();
        assertThat(report.rows()).first().satisfies(row -> assertThat(row.ours().median())
                .isPositive());
        assertThat(report.rows())
                .filteredOn(
                        row -> row.against().filter(LoadTest.EARLIER::equals).isPresent())
                .hasSize(2)
                .allSatisfy(
                        row -> assertThat(row.ratio().orElseThrow().median()).isPositive());
    }

    @Test
    void shouldBeACommandOfTheDistribution() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        DISTRIBUTION.resolve("bin/decant").toString(),
                        "--log-format",
                        "text",
                        "load-test",
                        "--case",
                        "everything"))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(said.lines()).singleElement().asString().contains("everything", "ingest", "growth");
    }
}
