package io.decant.spark.filejob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.decant.job.Batch;
import io.decant.job.BatchJob;
import io.decant.jobs.TopKeys;
import io.decant.jobs.WordCount;
import io.decant.spark.command.CommandException;
import io.decant.spark.job.Found;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LocalSpark;
import io.decant.spark.report.RunReport;
import io.decant.spark.report.Slots;
import io.decant.spark.report.StageRecorder;
import io.decant.spark.report.StageRow;
import io.decant.spark.report.TaskForecast;
import io.decant.spark.userjob.UserJob;
import io.decant.spark.userjob.UserJobException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant job}, without its process. */
@Tag("slow")
class FileJobTest {

    private static final KeyRule WHOLE = new KeyRule("record", "record", 0);
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path temp;

    private Path input;
    private Path output;

    @BeforeEach
    void prepare() throws IOException {
        input = Files.createDirectories(temp.resolve("in"));
        output = temp.resolve("out");
    }

    /** Writes all that a batch has, to be looked at. */
    public static final class Everything implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) throws IOException {
            batch.lines().saveAsTextFile(batch.output() + "/lines");
            batch.records().map(record -> HexFormat.of().formatHex(record)).saveAsTextFile(batch.output() + "/records");
            batch.buckets()
                    .map(record -> record._1() + " " + new String(record._2(), StandardCharsets.UTF_8))
                    .saveAsTextFile(batch.output() + "/buckets");
            Files.writeString(
                    Path.of(java.net.URI.create(batch.output())).resolve("facts"),
                    batch.number() + " " + batch.settings() + " "
                            + batch.windowStart().isBefore(batch.windowEnd()) + " " + batch.id());
        }
    }

    /** Fails when it has written something. */
    public static final class Failing implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            batch.lines().saveAsTextFile(batch.output());
            throw new IllegalStateException("not today");
        }
    }

    /** Has its first tasks wait for each other, as many as {@link #together} says, so that they run at the same time. */
    public static final class Together implements BatchJob {

        private static final int SECONDS_MAX = 60;

        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            batch.lines()
                    .mapPartitions(lines -> {
                        together.countDown();
                        if (!together.await(SECONDS_MAX, TimeUnit.SECONDS)) {
                            throw new IllegalStateException("the tasks did not run at the same time");
                        }
                        return lines;
                    })
                    .saveAsTextFile(batch.output());
        }
    }

    /** Of the tasks of {@link Together}, which run in this process. */
    private static volatile CountDownLatch together = new CountDownLatch(0);

    @Test
    void shouldCountWordsAsAPlainCountDoes() throws Exception {
        Random random = new Random(3);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            lines.add(random.ints(random.nextInt(12), 0, 300)
                    .mapToObj(word -> "wört" + word)
                    .collect(Collectors.joining(
                            random.nextBoolean() ? " " : " \t ", random.nextInt(9) == 0 ? "  " : "", "")));
        }
        write("a", String.join("\n", lines.subList(0, 3_000)));
        writeGzip("b.gz", String.join("\r\n", lines.subList(3_000, 5_000)));
        run(WordCount.class, Map.of(), input.toString());
        Map<String, Integer> expected = new TreeMap<>();
        lines.stream()
                .flatMap(line -> Stream.of(line.strip().split("\\s+")))
                .filter(word -> !word.isEmpty())
                .forEach(word -> expected.merge(word, 1, Integer::sum));
        Map<String, Integer> found = new TreeMap<>();
        for (String line : text(output)) {
            int comma = line.lastIndexOf(',');
            found.put(line.substring(1, comma), Integer.valueOf(line.substring(comma + 1, line.length() - 1)));
        }
        assertThat(found).isEqualTo(expected);
        assertThat(names(temp)).containsExactly("in", "out");
    }

    @Test
    void shouldNameTheMostFrequentKeys() throws Exception {
        write("a", "1,x\n2,x\n3,y\n4,x\n");
        writeGzip("b", "5,y\n6,z\nx");
        run(TopKeys.class, Map.of("key", "csv:2", "count", "3"), input.toString());
        // A line without a second field is its own key.
        assertThat(text(output)).containsExactly("4\tx", "2\ty", "1\tz");
        output = temp.resolve("out-2");
        assertThatThrownBy(() -> run(TopKeys.class, Map.of("count", "0"), input.toString()))
                .hasMessageEndingWith("setting count: '0' is no number from 1 to 100000");
    }

    @Test
    void shouldGiveRecordsInOrderAndTheirBuckets() throws Exception {
        write("a:1 %41,{b}[c]*", "k,1\r\nk,2\n\nk,3");
        writeGzip("b", "j,1\nk,4\n");
        Files.write(input.resolve("c.zst"), Zstd.compress("k,5".getBytes(StandardCharsets.UTF_8)));
        run(Everything.class, Map.of("n", "v"), new KeyRule("csv:1", "record", 0), input.toString());
        List<String> records = List.of("k,1\r", "k,2", "", "k,3", "j,1", "k,4", "k,5");
        assertThat(text(output.resolve("records")))
                .containsExactlyElementsOf(records.stream()
                        .map(record -> HexFormat.of().formatHex(record.getBytes(StandardCharsets.UTF_8)))
                        .toList());
        // Buckets are read in the order of buckets, and within one in the order of arrival.
        assertThat(text(output.resolve("buckets")))
                .containsExactly("0 k,1\r", "0 ", "0 j,1", "1 k,2", "2 k,3", "3 k,4", "4 k,5");
        assertThat(text(output.resolve("lines"))).contains("k,2", "j,1", "k,5");
        assertThat(Files.readString(output.resolve("facts"))).matches("1 \\{n=v} true files-[0-9a-f]{8}");
    }

    @Test
    void shouldLeaveNothingOfAJobThatFails() throws Exception {
        write("a", "1\n");
        assertThatThrownBy(() -> run(Failing.class, Map.of(), input.toString()))
                .isInstanceOf(UserJobException.class)
                .hasMessage("java.lang.IllegalStateException: not today");
        writeGzip("b.gz", "2\n".repeat(1_000));
        byte[] whole = Files.readAllBytes(input.resolve("b.gz"));
        Files.write(input.resolve("b.gz"), Arrays.copyOf(whole, whole.length - 4));
        assertThatThrownBy(() -> run(Together.class, Map.of(), input.toString()))
                .isInstanceOf(UserJobException.class)
                .hasMessageContaining("b.gz: is cut off; nothing of it is used");
        assertThat(names(temp)).containsExactly("in");
        Files.createDirectories(output);
        assertThatThrownBy(() -> run(Together.class, Map.of(), input.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessage(output + ": already exists; name a directory that does not");
    }

    @Test
    void shouldRefuseWhatHoldsNoLines() throws Exception {
        Files.write(input.resolve("b"), HexFormat.of().parseHex("425a683931415926535989e2a3e1"));
        assertThatThrownBy(() -> run(Together.class, Map.of(), input.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessage(input + "/b: is bzip2, not lines; lines can be plain, gzip or zstd");
    }

    @Test
    void shouldMakeAnEmptyOutputOfNothing() throws Exception {
        write("empty", "");
        FileJob.Place place = new FileJob(new Configuration()).look(List.of(input.toString()), output.toString());
        assertThat(place.forecast(new Slots(1, 2)).line())
                .isEqualTo("0 tasks on 1 executor of 2 cores: 0 at a time, 0 waves");
        run(Everything.class, Map.of(), input.toString());
        assertThat(names(output)).containsExactly("buckets", "facts", "lines", "records");
    }

    /** The sizes at which the number of splits changes; blocks of a local disk are of 32 MiB. */
    @Test
    void shouldPredictTheTasksThatRun() throws Exception {
        assertThat(tasks(Map.of("one byte", 1)))
                .isEqualTo("1 task = 1 B / 1 B on 1 executor of 2 cores: 1 at a time, 1 wave");
        // At least two.
        assertThat(tasks(Map.of("two lines", 128 << 10)))
                .isEqualTo("2 tasks = 128 KiB / 64 KiB on 1 executor of 2 cores: 2 at a time, 1 wave");
        // The last one is less than a tenth longer than a block, then more.
        assertThat(tasks(Map.of("slop", 67 * MEBIBYTE)))
                .isEqualTo("2 tasks = 67 MiB / 32 MiB on 1 executor of 2 cores: 2 at a time, 1 wave");
        assertThat(tasks(Map.of("no slop", 68 * MEBIBYTE)))
                .isEqualTo("3 tasks = 68 MiB / 32 MiB on 1 executor of 2 cores: 2 at a time, 2 waves");
        // Half of all bytes is more than a file has.
        assertThat(tasks(Map.of("one", 3 * MEBIBYTE, "two", 2 * MEBIBYTE, "three", MEBIBYTE, "none", 0)))
                .isEqualTo("3 tasks = 6 MiB / 3 MiB in 3 files on 1 executor of 2 cores: 2 at a time, 2 waves");
    }

    /** However large, it is read by one task. */
    @Test
    void shouldPredictOneTaskForACompressedFile() throws Exception {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        while (text.length() < MEBIBYTE) {
            text.append(random.nextLong()).append('\n');
        }
        writeGzip("a", text.toString());
        writeGzip("b.gz", text.toString());
        write("c", "1\n2\n");
        FileJob files = new FileJob(new Configuration());
        FileJob.Place place = files.look(List.of(input.toString()), output.toString());
        TaskForecast forecast = place.forecast(new Slots(2, 1));
        assertThat(forecast.line())
                .matches("3 tasks = 4 B / 4 B \\+ 2 compressed files of [0-9.]+ (KiB|MiB) on 2 executors of 1 core:"
                        + " 2 at a time, 2 waves");
        together = new CountDownLatch(2);
        assertThat(reading(run(Together.class, Map.of(), input.toString())).tasks())
                .isEqualTo(3);
    }

    @Test
    void shouldShowWhatItWas() throws Exception {
        write("a", "x y\n".repeat(1_000));
        FileJob.Place place = new FileJob(new Configuration()).look(List.of(input.toString()), output.toString());
        List<String> lines =
                run(WordCount.class, Map.of(), input.toString()).lines(place.forecast(new Slots(1, 2)), false);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .matches(
                        "stage 1  textFile, flatMap, map       2 tasks = 3\\.9 KiB / 2 KiB  [12] at a time, [12] waves? +[0-9.]+ s");
        assertThat(lines.get(1))
                .matches(
                        "stage 2  reduceByKey, saveAsTextFile  2 tasks                    [12] at a time, [12] waves? +[0-9.]+ s");
        assertThat(lines.get(2)).isEqualTo("executors reused between the stages: 1 of 1");
    }

    /** Runs a job over files of these sizes, whose lines are of 64 KiB, and compares what ran with what was said. */
    private String tasks(Map<String, Integer> sizes) throws Exception {
        input = Files.createTempDirectory(temp, "in");
        output = input.resolveSibling(input.getFileName() + "-out");
        byte[] line = ("x".repeat((64 << 10) - 1) + "\n").getBytes(StandardCharsets.US_ASCII);
        sizes.forEach((name, bytes) -> {
            byte[] content = new byte[bytes];
            for (int at = 0; at < bytes; at += line.length) {
                System.arraycopy(line, 0, content, at, Math.min(line.length, bytes - at));
            }
            try {
                Files.write(input.resolve(name), content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        TaskForecast forecast = new FileJob(new Configuration())
                .look(List.of(input.toString()), output.toString())
                .forecast(new Slots(1, 2));
        together = new CountDownLatch(forecast.atATime());
        StageRow stage = reading(run(Together.class, Map.of(), input.toString()));
        assertThat(stage.tasks()).as("tasks of %s", sizes).isEqualTo((int) forecast.tasks());
        assertThat(stage.atATime()).as("at a time of %s", sizes).isEqualTo(forecast.atATime());
        assertThat(stage.waves()).as("waves of %s", sizes).isEqualTo((int) forecast.waves());
        return forecast.line();
    }

    private static StageRow reading(RunReport report) {
        return report.stages().stream().filter(StageRow::readsInput).findFirst().orElseThrow();
    }

    private RunReport run(Class<? extends BatchJob> job, Map<String, String> settings, String... inputs)
            throws Exception {
        return run(job, settings, WHOLE, inputs);
    }

    private RunReport run(Class<? extends BatchJob> job, Map<String, String> settings, KeyRule rule, String... inputs)
            throws Exception {
        FileJob files = new FileJob(new Configuration());
        FileJob.Place place = files.look(List.of(inputs), output.toString());
        try (StageRecorder recorder = StageRecorder.on(LocalSpark.context())) {
            files.run(
                    LocalSpark.context(),
                    place,
                    UserJob.load(job.getName(), FileJobTest.class.getClassLoader()),
                    rule,
                    settings);
            return recorder.report();
        }
    }

    private static List<String> text(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path part : Found.sorted(folder)) {
            if (part.getFileName().toString().startsWith("part-")) {
                // No line ends but newlines.
                String text = Files.readString(part);
                lines.addAll(List.of(text.split("\n", -1)).subList(0, text.split("\n", -1).length - 1));
            }
        }
        return lines;
    }

    private static List<String> names(Path folder) throws IOException {
        return Found.sorted(folder).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(input.resolve(name), text);
    }

    private void writeGzip(String name, String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Files.write(input.resolve(name), packed.toByteArray());
    }
}
