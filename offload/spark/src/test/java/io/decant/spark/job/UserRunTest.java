package io.decant.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Memory;
import io.decant.job.Batch;
import io.decant.job.BatchJob;
import io.decant.offload.layout.JobManifest;
import io.decant.offload.layout.ManifestException;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.JobJar;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.userjob.UserJobException;
import io.decant.spark.userjob.UserRun;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts of a job at a real staged batch, on two threads of Spark. */
@Tag("slow")
@Timeout(60)
class UserRunTest {

    private static final String ID = "edge-1-1a2b3c4d-words-7";
    private static final String DIRECTORY = "server=edge-1/date=2025-11-21/hour=02/batch-1a2b3c4d-000000000007";
    private static final String ATTEMPTS = "_staging/server=edge-1/journal=1a2b3c4d/sink=words";
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final AtomicInteger FAILURES_LEFT = new AtomicInteger();
    private static CountDownLatch started;

    @TempDir
    Path temp;

    @BeforeEach
    void reset() {
        RUNS.set(0);
        FAILURES_LEFT.set(0);
        started = new CountDownLatch(1);
    }

    /** Writes what it is given, in the order in which it comes. */
    public static class Copy implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) throws IOException {
            RUNS.incrementAndGet();
            batch.lines().saveAsTextFile(batch.output() + "/lines");
            batch.buckets()
                    .map(record -> record._1() + " " + new String(record._2(), StandardCharsets.ISO_8859_1))
                    .saveAsTextFile(batch.output() + "/buckets");
            Path facts = local(batch.output()).resolve("facts");
            Files.writeString(
                    facts,
                    batch.id() + " " + batch.number() + " " + batch.windowStart() + " " + batch.windowEnd() + " "
                            + batch.settings());
        }
    }

    /** Writes where nothing is yet, and then fails for a while. */
    public static class Failing implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            RUNS.incrementAndGet();
            batch.lines().saveAsTextFile(batch.output());
            if (FAILURES_LEFT.getAndDecrement() > 0) {
                throw new IllegalStateException("not yet\nand more");
            }
        }
    }

    public static class Silent implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            RUNS.incrementAndGet();
        }
    }

    /** Has its attempt removed while it runs, as another driver would, and goes on writing. */
    public static class Overtaken implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) throws IOException {
            batch.lines().saveAsTextFile(batch.output() + "/first");
            TestFolders.delete(local(batch.output()).getParent());
            batch.lines().saveAsTextFile(batch.output() + "/second");
        }
    }

    public static class Endless implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            started.countDown();
            batch.records().foreach(record -> Thread.sleep(60_000));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveTheBatchInOrderAndItsBucketsAsInMemory(long seed) throws Exception {
        Random random = new Random(seed);
        TestRecords records = new TestRecords(random);
        for (int block = 0; block < 12; block++) {
            List<byte[]> values = values(random, 1 + random.nextInt(20));
            if (random.nextBoolean()) {
                records.lines(values, 5);
            } else {
                records.frames(values);
            }
        }
        KeyRule rule = new KeyRule("record", "record", seed);
        records.stage(staged(), rule, new BlockFileLimits(1 << 20, 25));

        UserRun.Outcome outcome = run(Copy.class);

        assertThat(outcome.before()).isFalse();
        Path output = output();
        assertThat(local(outcome.out())).isEqualTo(output);
        assertThat(saved(output.resolve("lines"))).isEqualTo(values(records));
        List<String> buckets = saved(output.resolve("buckets"));
        List<List<String>> expected = Expected.of(records, rule).buckets().stream()
                .map(bucket -> bucket.stream().map(UserRunTest::value).toList())
                .toList();
        for (int bucket = 0; bucket < expected.size(); bucket++) {
            String prefix = bucket + " ";
            assertThat(buckets.stream()
                            .filter(line -> line.startsWith(prefix))
                            .map(line -> line.substring(prefix.length())))
                    .containsExactlyElementsOf(expected.get(bucket));
        }
        assertThat(buckets).hasSameSizeAs(values(records));
        assertThat(Files.readString(output.resolve("facts")))
                .isEqualTo(ID + " 7 2025-11-21T02:00:00Z 2025-11-21T02:00:01Z {separator=,}");
    }

    @Test
    void shouldGiveWhatTransformsMadeOfTheRecords() throws Exception {
        Random random = new Random(4);
        TestRecords records = new TestRecords(random).lines(List.of(bytes("To be"), bytes("or not"), bytes("x")), 1);
        KeyRule rule = new KeyRule("record", "dlq", 4)
                .withTransforms(Map.of(
                        "source-0", List.of("semantics: 1, transform-error: drop", "lower", "split: \" \""),
                        "source-1", List.of("semantics: 1, transform-error: drop", "lower", "split: \" \"")));
        records.stage(staged(), rule, new BlockFileLimits(1 << 20, 1));

        run(Copy.class);

        assertThat(saved(output().resolve("lines"))).containsExactly("to", "be", "or", "not", "x");
    }

    @Test
    void shouldSayInTheManifestWhatRan() throws Exception {
        stageLines();
        run(Silent.class);
        JobManifest manifest;
        try (InputStream in = Files.newInputStream(output().resolve("_manifest.json"))) {
            manifest = JobManifest.read(in);
        }
        assertThat(manifest)
                .isEqualTo(new JobManifest(
                        ID,
                        "edge-1",
                        "1a2b3c4d",
                        7,
                        new JobManifest.Window("2025-11-21T02:00:00Z", "2025-11-21T02:00:01Z"),
                        "words",
                        Silent.class.getName(),
                        List.of(new JobManifest.Jar("words.jar", "ab".repeat(32))),
                        300,
                        3));
        assertThat(names(output())).containsExactly("_manifest.json");
        assertThat(names(sink())).containsExactly("server=edge-1");
    }

    @Test
    void shouldNotRunWhereTheOutputIs() throws Exception {
        stageLines();
        run(Silent.class);
        assertThat(run(Silent.class).before()).isTrue();
        assertThat(RUNS).hasValue(1);
        assertThat(names(sink())).containsExactly("server=edge-1");
    }

    @Test
    void shouldNotTakeSomethingElseForTheOutput() throws Exception {
        stageLines();
        Files.createDirectories(output());
        assertThatExceptionOfType(ManifestException.class)
                .isThrownBy(() -> run(Silent.class))
                .withMessageContaining("has no _manifest.json: somebody else has put it there; move it away");
        assertThat(RUNS).hasValue(0);
    }

    @Test
    void shouldLeaveNothingOfAnAttemptThatFailed() throws Exception {
        stageLines();
        FAILURES_LEFT.set(3);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatExceptionOfType(UserJobException.class)
                    .isThrownBy(() -> run(Failing.class))
                    .withMessage("java.lang.IllegalStateException: not yet");
            assertThat(names(sink())).isEmpty();
        }
        run(Failing.class);
        assertThat(RUNS).hasValue(4);
        assertThat(saved(output())).hasSize(300);
        assertThat(names(sink())).containsExactly("server=edge-1");
    }

    @Test
    void shouldRemoveWhatKilledDriversLeft() throws Exception {
        stageLines();
        Path left = sink().resolve(ATTEMPTS).resolve("batch-7-dead/output/part-00000");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "half");
        Files.createDirectories(sink().resolve(ATTEMPTS).resolve("removed-half"));
        run(Silent.class);
        assertThat(names(sink())).containsExactly("server=edge-1");
    }

    @Test
    void shouldNotPublishWhatAnotherDriverHasRemovedMeanwhile() throws Exception {
        stageLines();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> run(Overtaken.class))
                .withMessageContaining("was removed by another driver while the job ran");
        assertThat(names(sink())).isEmpty();
    }

    @Test
    void shouldEndAJobThatIsCancelled() throws Exception {
        stageLines();
        UserRun run = new UserRun(LocalSpark.context(), request(Endless.class), UserRunTest.class.getClassLoader());
        Thread canceller = new Thread(() -> {
            try {
                started.await();
                run.cancel("it took too long");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        canceller.start();
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run.run(batch -> {}))
                .withMessage("it took too long");
        canceller.join();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(names(sink())).isEmpty();
        assertThat(run(Silent.class).before()).isFalse();
    }

    @Test
    void shouldRunAJobOfOursByItsSimpleNameAndSayWhichRan() throws Exception {
        stageLines();
        List<StagedBatch> begun = new ArrayList<>();
        UserRun.Outcome first = run("WordCount", begun);
        UserRun.Outcome again = run("WordCount", begun);
        assertThat(first.before()).isFalse();
        assertThat(again.before()).isTrue();
        assertThat(begun).hasSize(1);
        assertThat(begun.get(0).records()).isEqualTo(300);
        assertThat(saved(output())).isNotEmpty().allMatch(line -> line.matches("\\(.*,[0-9]+\\)"));
        try (InputStream manifest = Files.newInputStream(output().resolve("_manifest.json"))) {
            assertThat(JobManifest.read(manifest).className()).isEqualTo("io.decant.jobs.WordCount");
        }
    }

    private UserRun.Outcome run(Class<? extends BatchJob> job) throws Exception {
        return run(job.getName(), new ArrayList<>());
    }

    /** @param begun gets the batch that the job is to read */
    private UserRun.Outcome run(String job, List<StagedBatch> begun) throws Exception {
        return new UserRun(LocalSpark.context(), request(job), UserRunTest.class.getClassLoader()).run(begun::add);
    }

    private DriverRequest.Run request(Class<? extends BatchJob> job) {
        return request(job.getName());
    }

    private DriverRequest.Run request(String job) {
        return new DriverRequest.Run(
                ID,
                "words",
                job,
                List.of(new JobJar("words.jar", "ab".repeat(32), "/nowhere")),
                Map.of("separator", ","),
                staged().toUri().toString(),
                sink().toUri().toString(),
                ATTEMPTS,
                300,
                3);
    }

    private void stageLines() throws IOException {
        StagedLines.stage(staged(), 1, 300);
    }

    private Path staged() {
        return temp.resolve("staged batch");
    }

    private Path sink() {
        return temp.resolve("the sink");
    }

    private Path output() {
        return sink().resolve(DIRECTORY);
    }

    /** As Hadoop reads it: names of directories stand in it as they are. */
    private static Path local(String uri) {
        return Path.of(new org.apache.hadoop.fs.Path(uri).toUri().getPath());
    }

    private static List<String> names(Path directory) throws IOException {
        return Found.sorted(directory).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    /** The lines of the parts that Spark has written. */
    private static List<String> saved(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path part : Found.sorted(directory)) {
            if (part.getFileName().toString().startsWith("part-")) {
                lines.addAll(Files.readAllLines(part, StandardCharsets.UTF_8));
            }
        }
        return lines;
    }

    private static List<String> values(TestRecords records) {
        return records.blocks().stream()
                .flatMap(block -> block.header().framed() ? frames(block.payload()) : lines(block.payload()))
                .collect(Collectors.toList());
    }

    private static Stream<String> lines(byte[] payload) {
        return new String(payload, StandardCharsets.ISO_8859_1).lines();
    }

    private static Stream<String> frames(byte[] payload) {
        List<String> values = new ArrayList<>();
        for (int at = 0; at < payload.length; ) {
            byte[] rest = Arrays.copyOfRange(payload, at, payload.length);
            int length = frameBytes(rest);
            values.add(value(new String(rest, 0, length, StandardCharsets.ISO_8859_1)));
            at += length;
        }
        return values.stream();
    }

    private static int frameBytes(byte[] from) {
        long address = Memory.allocate(from.length);
        try {
            Memory.copyFromArray(from, 0, from.length, address);
            return Frame.length(address);
        } finally {
            Memory.free(address, from.length);
        }
    }

    /** Of a whole frame its value; a line as it is: it is shorter than a frame's header, or begins with a letter. */
    private static String value(String record) {
        byte[] bytes = record.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length > Frame.HEADER_BYTES
                ? record.substring(record.length() - Frame.valueLength(bytes))
                : record;
    }

    private static List<byte[]> values(Random random, int count) {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(bytes("k" + random.nextInt(12)));
        }
        return values;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
