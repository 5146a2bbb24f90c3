package io.decant.spark.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.offload.layout.Manifest;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.JobResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;

/** The job on two threads, held against the same batch in memory, record for record. */
@Tag("slow")
class StagedJobTest {

    private final Path temp = temporary();

    private static Path temporary() {
        try {
            return Files.createTempDirectory("staged-job");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterTry
    void clean() throws IOException {
        TestFolders.delete(temp);
    }

    /** How keys are spread. */
    enum Spread {
        HOT_HALF,
        ALL_DISTINCT,
        ONE_KEY,
        SOME
    }

    @Property(tries = 25)
    void shouldPartAsInMemory(
            @ForAll long seed,
            @ForAll Spread spread,
            @ForAll @IntRange(min = 1, max = 600) int records,
            @ForAll @IntRange(min = 1, max = 200) int segmentRecords,
            @ForAll @IntRange(min = 0, max = 5) int bucketDirs)
            throws IOException {
        Random random = new Random(seed);
        TestRecords batch = new TestRecords(random).lines(lines(random, spread, records), 30);
        String compression = List.of("none", "gzip", "zstd").get(random.nextInt(3));
        shouldPartAsInMemory(
                batch,
                new KeyRule("record", "record", seed),
                segmentRecords,
                List.of(
                        new SinkOutput("first", "lines", compression, bucketDirs),
                        new SinkOutput("second", "lines", "none", 64)),
                random.nextBoolean());
    }

    @Property(tries = 8)
    void shouldSetAsideWhatHasNoKey(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 300) int records,
            @ForAll @IntRange(min = 1, max = 100) int segmentRecords)
            throws IOException {
        Random random = new Random(seed);
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            lines.add(bytes(random.nextInt(3) == 0 ? "x" : "x," + random.nextInt(20)));
        }
        shouldPartAsInMemory(
                new TestRecords(random).lines(lines, 20),
                new KeyRule("csv:2", "dlq", seed),
                segmentRecords,
                List.of(new SinkOutput("archive", "lines", "none", 2)),
                true);
    }

    @Property(tries = 25)
    void shouldPartBySeveralKeysAsInMemory(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 400) int records,
            @ForAll @IntRange(min = 1, max = 100) int segmentRecords,
            @ForAll @IntRange(min = 0, max = 3) int bucketDirs)
            throws IOException {
        Random random = new Random(seed);
        int values = 1 + random.nextInt(200);
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            String id = random.nextInt(5) == 0 ? "" : "\"id\":" + random.nextInt(values) + ".0,";
            String mail = random.nextInt(5) == 0 ? "" : "\"mail\":\"" + random.nextInt(values) + "\",";
            lines.add(bytes("{" + id + mail + "\"n\":" + i + "}"));
        }
        String key = "v2 {\"id\":\"json:/id\",\"mail\":{\"any-of\":[\"json:/mail\",\"json:/n\"]}}";
        shouldPartAsInMemory(
                new TestRecords(random).lines(lines, 20),
                new KeyRule(
                        random.nextBoolean() ? key : key.replace(",\"json:/n\"", ""),
                        random.nextBoolean() ? "dlq" : "record",
                        seed),
                segmentRecords,
                List.of(new SinkOutput("archive", "lines", "none", bucketDirs)),
                random.nextBoolean());
    }

    @Property(tries = 10)
    void shouldPartFramesAsInMemory(
            @ForAll long seed, @ForAll boolean kafkaKey, @ForAll @IntRange(min = 1, max = 100) int segmentRecords)
            throws IOException {
        Random random = new Random(seed);
        TestRecords batch = new TestRecords(random);
        for (int block = 0; block < 12; block++) {
            if (random.nextBoolean()) {
                batch.lines(lines(random, Spread.SOME, 1 + random.nextInt(20)), 5);
            } else {
                batch.frames(lines(random, Spread.HOT_HALF, 1 + random.nextInt(20)));
            }
        }
        shouldPartAsInMemory(
                batch,
                new KeyRule(kafkaKey ? "kafka-key" : "record", kafkaKey ? "dlq" : "record", seed),
                segmentRecords,
                List.of(),
                true);
    }

    @Property(tries = 10)
    void shouldTransformAsInMemory(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int segmentRecords)
            throws IOException {
        Random random = new Random(seed);
        TestRecords batch = new TestRecords(random);
        for (int block = 0; block < 8; block++) {
            List<byte[]> values = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(20); i++) {
                values.add(bytes(List.of("to be,or not", "To,be", "", "no comma", "a,b a,b a,b")
                        .get(random.nextInt(5))));
            }
            if (random.nextBoolean()) {
                batch.lines(values, 5);
            } else {
                batch.frames(values);
            }
        }
        KeyRule rule = new KeyRule("csv:1", random.nextBoolean() ? "dlq" : "record", seed)
                .withTransforms(Map.of(
                        "source-0",
                        List.of("semantics: 1, transform-error: dlq", "split: \" \"", "csv-pick: [2,1]"),
                        "source-1",
                        List.of("semantics: 1, transform-error: drop", "lower", "split: \" \"", "drop: \"empty\"")));
        Path staged = temp.resolve("transformed-" + seed);
        batch.stage(staged, rule, new BlockFileLimits(1 << 20, segmentRecords));
        JobResult result = new StagedJob(LocalSpark.context(), staged.toUri().toString(), "one").run(List.of(), true);
        Expected expected = Expected.of(batch, rule);
        List<List<String>> buckets = new ArrayList<>();
        List<List<String>> origins = new ArrayList<>();
        Found.runs(staged.resolve("out"), result.runs(), buckets, origins);
        assertThat(buckets).isEqualTo(expected.buckets());
        assertThat(origins).isEqualTo(expected.origins());
        assertThat(Found.keyless(staged.resolve("out"), result.keylessRuns())).isEqualTo(expected.keyless());
        assertThat(Found.keyless(staged.resolve("out"), result.failedRuns())).isEqualTo(expected.failed());
        assertThat(result.read())
                .isEqualTo(batch.blocks().stream()
                        .mapToLong(block -> block.header().records())
                        .sum());
    }

    /** What lines cannot carry is for the server to give up, with a reason; so it gets the runs, asked for or not. */
    @Property(tries = 4)
    void shouldLeaveToTheServerWhatLinesCannotCarry(@ForAll long seed, @ForAll boolean tombstone) throws IOException {
        Random random = new Random(seed);
        List<byte[]> values = new ArrayList<>(lines(random, Spread.SOME, 20));
        values.add(tombstone ? null : bytes("two\nlines"));
        TestRecords batch = new TestRecords(random).frames(values);
        Path staged = temp.resolve("unfit");
        KeyRule rule = new KeyRule("record", "record", seed);
        batch.stage(staged, rule, new BlockFileLimits(1 << 20, 7));
        JobResult result = new StagedJob(LocalSpark.context(), staged.toUri().toString(), "one")
                .run(List.of(new SinkOutput("archive", "lines", "none", 1)), false);
        assertThat(result.sinks()).isEmpty();
        List<List<String>> buckets = new ArrayList<>();
        Found.runs(staged.resolve("out"), result.runs(), buckets, new ArrayList<>());
        assertThat(buckets).isEqualTo(Expected.of(batch, rule).buckets());
    }

    /** Values of frames in a tail are merged from runs that hold whole frames. */
    @Property(tries = 4)
    void shouldPutValuesIntoTheTail(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> values = lines(random, Spread.HOT_HALF, 80);
        TestRecords framed =
                new TestRecords(random).frames(values.subList(0, 30)).frames(values.subList(30, 80));
        KeyRule rule = new KeyRule("record", "record", seed);
        Path staged = temp.resolve("framed");
        framed.stage(staged, rule, new BlockFileLimits(1 << 20, 30));
        JobResult result = new StagedJob(LocalSpark.context(), staged.toUri().toString(), "one")
                .run(List.of(new SinkOutput("archive", "lines", "none", 1)), true);
        assertThat(Found.buckets(staged.resolve("out").resolve(result.sinks().get("archive"))))
                .isEqualTo(Expected.of(new TestRecords(random).lines(values, 10), rule)
                        .buckets());
    }

    private void shouldPartAsInMemory(
            TestRecords batch, KeyRule rule, int segmentRecords, List<SinkOutput> sinks, boolean runs)
            throws IOException {
        Path staged = temp.resolve("batch-" + System.nanoTime());
        batch.stage(staged, rule, new BlockFileLimits(BlockFileLimits.BYTES_MAX, segmentRecords));
        Expected expected = Expected.of(batch, rule);
        long memory = Memory.allocatedBytes();
        StagedJob job = new StagedJob(LocalSpark.context(), staged.toUri().toString(), "one");
        JobResult result = job.run(sinks, runs);
        assertThat(Memory.allocatedBytes()).isEqualTo(memory);
        Path out = staged.resolve("out");
        assertThat(result.multiplicities().buckets())
                .isEqualTo(expected.buckets().size());
        assertThat(result.keyless()).isEqualTo(expected.keyless().size());
        assertThat(Found.keyless(out, result.keylessRuns())).isEqualTo(expected.keyless());
        for (SinkOutput sink : sinks) {
            Path directory = out.resolve(result.sinks().get(sink.sink()));
            assertThat(Found.buckets(directory)).isEqualTo(expected.buckets());
            shouldDescribe(directory, expected, sink);
        }
        if (runs) {
            List<List<String>> buckets = new ArrayList<>();
            List<List<String>> origins = new ArrayList<>();
            Found.runs(out, result.runs(), buckets, origins);
            assertThat(buckets).isEqualTo(expected.buckets());
            assertThat(origins).isEqualTo(expected.origins());
        } else {
            assertThat(result.runs()).isEmpty();
        }
        assertThat(result.hottestByName().stream()
                        .map(key -> key.name() + " " + key.record().count() + " "
                                + new String(key.record().start(), StandardCharsets.ISO_8859_1))
                        .toList())
                .isEqualTo(expected.hottest());
        if (!expected.buckets().isEmpty() && !rule.isBesideValue() && !rule.isSeveral()) {
            String hottest =
                    expected.buckets().get(expected.buckets().size() - 1).get(0);
            // Of a frame the value, which is its end.
            assertThat(hottest)
                    .endsWith(new String(result.hottest().orElseThrow().start(), StandardCharsets.ISO_8859_1));
            assertThat(result.hottest().get().count())
                    .isEqualTo(expected.buckets().size());
        }
        assertThat(Found.sorted(staged).stream().map(path -> path.getFileName().toString()))
                .contains("out", "batch.json")
                .allMatch(name -> name.matches("out|batch.json|blocks-\\d{5}"));
        assertThat(out.resolve("_attempts")).doesNotExist();
    }

    private static void shouldDescribe(Path directory, Expected expected, SinkOutput sink) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve("_manifest.json"))) {
            Manifest manifest = Manifest.read(in);
            assertThat(manifest.sink()).isEqualTo(sink.sink());
            assertThat(manifest.records())
                    .isEqualTo(expected.buckets().stream().mapToLong(List::size).sum());
            assertThat(manifest.buckets())
                    .hasSize(Math.min(sink.maxBucketDirs(), expected.buckets().size()));
            assertThat(manifest.tail().isPresent()).isEqualTo(expected.buckets().size() > sink.maxBucketDirs());
        }
    }

    private static List<byte[]> lines(Random random, Spread spread, int records) {
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            lines.add(bytes(
                    switch (spread) {
                        case HOT_HALF -> random.nextBoolean() ? "the hot one" : "k" + random.nextInt(records);
                        case ALL_DISTINCT -> "k" + i;
                        case ONE_KEY -> "";
                        case SOME -> "k".repeat(random.nextInt(3)) + random.nextInt(1 + records / 5);
                    }));
        }
        return lines;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
