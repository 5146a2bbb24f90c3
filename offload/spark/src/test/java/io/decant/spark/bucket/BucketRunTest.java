package io.decant.spark.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Fold;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.offload.layout.Manifest;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.command.CommandException;
import io.decant.spark.job.Found;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LocalSpark;
import io.decant.spark.report.Slots;
import io.decant.spark.report.StageRecorder;
import io.decant.spark.report.StageRow;
import io.decant.spark.report.TaskForecast;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code decant bucket}, without its process. */
@Tag("slow")
class BucketRunTest {

    private static final KeyRule WHOLE = new KeyRule("record", "record", 0);

    @TempDir
    Path temp;

    private Path input;
    private Path output;

    @BeforeEach
    void prepare() throws IOException {
        input = Files.createDirectories(temp.resolve("in"));
        output = temp.resolve("out");
    }

    /** Pieces of every length from a byte on: lines begin, end and stretch over them in all ways there are. */
    @Test
    void shouldReadLinesWhereverAPieceEnds() throws Exception {
        String text = "a\nbb\n\nccc\n\n\na\ndddddddddddddddddd\nbb\nlast";
        Files.writeString(input.resolve("lines"), text);
        for (int bytes = 1; bytes <= text.length() + 1; bytes += bytes < 8 ? 1 : 7) {
            output = temp.resolve("out-" + bytes);
            bucket(input.toString(), bytes, WHOLE);
            assertThat(Found.buckets(output))
                    .as("pieces of " + bytes)
                    .isEqualTo(expected(List.of(text.split("\n", -1))));
        }
    }

    @Test
    void shouldTakeFilesInTheOrderOfTheirNames() throws Exception {
        write("b.log", "k,4\nk,5\n");
        write("a.log", "k,1\nk,2");
        writeGzip("a.log.1.gz", "k,3\n");
        Files.createDirectories(input.resolve("c"));
        write("c/d.log", "k,6\n");
        write("empty", "");
        Multiplicities made = bucket(input.toString(), 3, new KeyRule("csv:1", "record", 0));
        assertThat(made.buckets()).isEqualTo(6);
        assertThat(Found.buckets(output))
                .containsExactly(
                        List.of("k,1"), List.of("k,2"), List.of("k,3"), List.of("k,4"), List.of("k,5"), List.of("k,6"));
    }

    @Test
    void shouldUnpackLinesOfEveryLength() throws Exception {
        Random random = new Random(5);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add("x".repeat(random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(3)));
        }
        lines.add("y".repeat(3 << 20));
        writeGzip("lines.gz", String.join("\n", lines));
        bucket(input.resolve("*.gz").toString(), 1 << 20, WHOLE);
        assertThat(Found.buckets(output)).isEqualTo(expected(lines));
    }

    @Test
    void shouldDescribeWhatItHasMade() throws Exception {
        write("lines", "a\n".repeat(70) + "b\n");
        bucket(input.toString(), 16, WHOLE);
        try (InputStream in = Files.newInputStream(output.resolve("_manifest.json"))) {
            Manifest manifest = Manifest.read(in);
            assertThat(manifest.batch()).isEmpty();
            assertThat(manifest.records()).isEqualTo(71);
            assertThat(manifest.buckets()).hasSize(64);
            assertThat(manifest.tail().orElseThrow().buckets()).isEqualTo(6);
        }
        assertThat(output.resolve("bucket-000000/part-00000.lines")).isRegularFile();
        assertThat(output.resolve("tail")).isDirectory();
        assertThat(names(temp)).containsExactly("in", "out");
    }

    @Test
    void shouldSplitBySeveralKeysAsInMemory() throws Exception {
        KeyRule rule = rule("--key", "csv:1", "--key", "[csv:2, csv:3]", "--fold", "case", "--csv-delimiter", ";");
        assertThat(rule.key())
                .isEqualTo("v2 fold=case csv=; {\"csv:1\":\"csv:1\",\"[csv:2, csv:3]\":[\"csv:2\",\"csv:3\"]}");
        Random random = new Random(8);
        List<String> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.add(letter(random) + letter(random) + ";" + letter(random) + ";" + letter(random) + letter(random)
                    + (random.nextInt(9) == 0 ? "" : ";" + i));
        }
        write("lines", String.join("\n", records));
        bucket(input.toString(), 500, rule);
        List<List<String>> expected =
                inMemory(records, new Keying(KeySpec.of(rule.key()), MissingKey.RECORD, rule.hashSeed()));
        assertThat(expected).hasSizeGreaterThan(5);
        assertThat(Found.buckets(output)).isEqualTo(expected);
        // It is the letters that are folded, and both keys that count.
        assertThat(expected)
                .isNotEqualTo(inMemory(
                        records,
                        new Keying(
                                KeySpec.parse(List.of("csv:1", "[csv:2, csv:3]"))
                                        .with(Fold.NONE, ';'),
                                MissingKey.RECORD,
                                rule.hashSeed())))
                .isNotEqualTo(inMemory(
                        records,
                        new Keying(KeySpec.parse("csv:1").with(Fold.CASE, ';'), MissingKey.RECORD, rule.hashSeed())));
    }

    private static String letter(Random random) {
        return String.valueOf("abcdABCD".charAt(random.nextInt(8)));
    }

    private static List<List<String>> inMemory(List<String> records, Keying keying) {
        byte[] bytes = (String.join("\n", records) + "\n").getBytes(StandardCharsets.UTF_8);
        long address = Memory.allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, bytes.length, address);
        try (Chunks chunks = new Chunks()) {
            chunks.add(address, bytes.length, records.size(), 0);
            try (Assignment assignment = new BucketAssigner(1, Runnable::run).assign(chunks, keying)) {
                List<List<String>> buckets = new ArrayList<>();
                for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                    List<String> lines = new ArrayList<>();
                    for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                        byte[] line = new byte[assignment.length(bucket, ordinal)];
                        Memory.copyToArray(assignment.address(bucket, ordinal), line, 0, line.length);
                        lines.add(new String(line, StandardCharsets.UTF_8));
                    }
                    buckets.add(lines);
                }
                return buckets;
            }
        } finally {
            Memory.free(address, bytes.length);
        }
    }

    private static KeyRule rule(String... options) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        SparkBucketCommand command = new SparkBucketCommand(nowhere, nowhere, Path.of("lib"), Map.of());
        List<String> arguments = new ArrayList<>(List.of("in", "out"));
        arguments.addAll(List.of(options));
        new CommandLine(command).parseArgs(arguments.toArray(new String[0]));
        return command.rule();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--key kafka-key|--key: 'kafka-key' is the key beside a record of Kafka's, and lines of a file have none",
                "--key csv:1 --key csv:0|--key: 'csv:1, csv:0' has no column from 1 to 16384; write",
                "--key csv:1 --key csv:1|--key: 'csv:1, csv:1' has the same key twice; remove one",
                "--key csv:1 --key record|--key: 'csv:1, record' has the whole record among its keys; write",
                "--key csv:1 --fold upper|--fold: 'upper' is not a way to fold letters; write none",
                "--key csv:1 --csv-delimiter ab|--csv-delimiter: 'ab' is not a delimiter; write one"
            })
    void shouldSayWhichOptionOfKeysIsWrong(String options, String message) {
        assertThatThrownBy(() -> rule(options.split(" ", -1)))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void shouldTakeOneKeyAsTheSettingsWouldBe() {
        assertThat(rule().key()).isEqualTo("record");
        assertThat(rule("--key", "csv:2", "--fold", "case-accent").key()).isEqualTo("v2 fold=case-accent csv:2");
    }

    @Test
    void shouldMakeNoBucketsOfNothing() throws Exception {
        write("empty", "");
        assertThat(bucket(input.toString(), 16, WHOLE).buckets()).isZero();
        assertThat(names(output)).containsExactly("_manifest.json");
    }

    @Test
    void shouldNotTouchAnOutputThatIsThere() throws IOException {
        write("lines", "a\n");
        Files.createDirectories(output);
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
        assertThatThrownBy(() -> run.look(List.of(input.toString()), output.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("already exists");
    }

    @Test
    void shouldSayThatThereIsNoInput() {
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
        assertThatThrownBy(() -> run.look(List.of(input + "/nothing*"), output.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void shouldLeaveNothingOfAJobThatFailed() throws IOException {
        Files.write(input.resolve("broken.gz"), new byte[] {31, (byte) 139, 8, 0, 1, 2, 3});
        assertThatThrownBy(() -> bucket(input.toString(), 16, WHOLE))
                .hasStackTraceContaining("broken.gz: is cut off; nothing of it is used");
        assertThat(names(temp)).containsExactly("in");
    }

    /** Hadoop hides them, a person does not. */
    @Test
    void shouldNameWhatIsHiddenAndReadTheRest() throws Exception {
        write("a", "1\n");
        write("_x", "2\n");
        write(".x", "3\n");
        Files.createDirectories(input.resolve("sub/_temporary"));
        write("sub/_temporary/part", "4\n");
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 1000));
        BucketRun.Place place = run.look(List.of(input.toString()), output.toString());
        assertThat(place.notice())
                .contains("skipped " + input + "/.x, " + input + "/_x, " + input
                        + "/sub/_temporary: names in a directory that begin with a dot or an underscore are hidden;"
                        + " name them, or write a pattern like '" + input + "/*', to read them");
        run.run(LocalSpark.context(), place, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("1"));
        output = temp.resolve("out-of-both");
        assertThat(run.look(List.of(input.toString(), input + "/_x", input + "/.x"), output.toString())
                        .notice())
                .hasValueSatisfying(notice -> assertThat(notice).startsWith("skipped " + input + "/sub/_temporary: "));
    }

    @Test
    void shouldRefuseAnInputOfWhichAllIsHidden() throws IOException {
        write("_x", "2\n");
        assertRefuses(
                input.toString(),
                input
                        + "/_x: names in a directory that begin with a dot or an underscore are hidden, and there is nothing"
                        + " else; write a pattern: '" + input + "/*' takes all");
    }

    @Test
    void shouldTakeInputsInTheOrderInWhichTheyAreNamed() throws Exception {
        write("c", "k,1\n");
        write("b.1", "k,3\n");
        write("b.2", "k,4\n");
        Path beside = Files.createDirectories(temp.resolve("b: e"));
        Files.writeString(beside.resolve("a b"), "k,2\n");
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 1000));
        List<String> inputs = List.of(input + "/c", beside.toString(), input + "/b.[0-9]");
        run.run(LocalSpark.context(), run.look(inputs, output.toString()), new KeyRule("csv:1", "record", 0));
        assertThat(Found.buckets(output))
                .containsExactly(List.of("k,1"), List.of("k,2"), List.of("k,3"), List.of("k,4"));
        assertThatThrownBy(() -> run.look(List.of(input.toString(), input + "/c"), temp + "/out-2"))
                .isInstanceOf(CommandException.class)
                .hasMessage(input + "/c: is named by two inputs, and its lines would be read twice; name it once");
    }

    @Test
    void shouldWriteBelowNamesWithColonsAndSpaces() throws Exception {
        write("a", "1\n");
        output = Files.createDirectories(temp.resolve("x:1 y")).resolve("o u t");
        bucket(input.toString(), 16, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("1"));
    }

    /** What is said before the job is what Spark does: stages that read the input have as many tasks. */
    @Test
    void shouldPredictTheTasksThatRun() throws Exception {
        write("a", "1234567\n".repeat(10));
        write("b", "1234567\n".repeat(3));
        write("empty", "");
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 1000));
        BucketRun.Place place = run.look(List.of(input.toString()), output.toString());
        TaskForecast forecast = place.forecast(new Slots(1, 2));
        assertThat(forecast.line())
                .isEqualTo("7 tasks = 104 B / 16 B in 2 files on 1 executor of 2 cores: 2 at a time, 4 waves");
        try (StageRecorder recorder = StageRecorder.on(LocalSpark.context())) {
            run.run(LocalSpark.context(), place, WHOLE);
            List<StageRow> reading = recorder.report().stages().stream()
                    .filter(StageRow::readsInput)
                    .toList();
            assertThat(reading).hasSize(2).allSatisfy(stage -> {
                assertThat(stage.tasks()).isEqualTo(7);
                assertThat(stage.atATime()).isEqualTo(2);
                assertThat(stage.waves()).isEqualTo(4);
                assertThat(stage.failed()).isZero();
            });
        }
    }

    @Test
    void shouldReadWhatIsHiddenWhereItIsNamed() throws Exception {
        write("a", "1\n");
        write("_x", "2\n");
        write(".x", "3\n");
        bucket(input + "/*", 16, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("3", "2", "1"));
        output = temp.resolve("out-of-one");
        bucket(input + "/_x", 16, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("2"));
        output = temp.resolve("out-of-the-others");
        bucket(input + "/[!._]*", 16, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("1"));
    }

    /** What a job of Hadoop's leaves: no record is in either. */
    @Test
    void shouldPassOverMarksAndChecksumsOfHadoop() throws Exception {
        write("part-0", "1\n");
        write("_SUCCESS", "");
        Files.write(input.resolve(".part-0.crc"), new byte[] {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 2, 3, 4});
        Files.createDirectories(input.resolve("_temporary/0"));
        bucket(input.toString(), 16, WHOLE);
        assertThat(Found.buckets(output)).containsExactly(List.of("1"));
        write(".part-0.crc", "2\n");
        output = temp.resolve("out-2");
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
        assertThat(run.look(List.of(input.toString()), output.toString()).notice())
                .hasValueSatisfying(notice -> assertThat(notice).startsWith("skipped " + input + "/.part-0.crc: "));
    }

    @Test
    void shouldReadFilesWithAnyName() throws Exception {
        List<String> odd = List.of(
                "a:b", ":c", "d:", "e f", "g%20h", "i[j", "k{l", "m#n", "o?p", "q*r", "größe", "s\\t", "u;v=w", "x&y",
                "z\tz");
        List<String> expected = new ArrayList<>();
        for (String name : odd) {
            String record = "of " + odd.indexOf(name);
            write(name, record + "\n");
            expected.add(record);
        }
        bucket(input.toString(), 1000, WHOLE);
        assertThat(Found.buckets(output)).hasSize(1);
        assertThat(Found.buckets(output).get(0)).containsExactlyInAnyOrderElementsOf(expected);
        for (String name : odd) {
            // As a pattern '*' and '?' would name others, too.
            output = temp.resolve("out-" + odd.indexOf(name));
            bucket(input + "/" + name, 1000, WHOLE);
            assertThat(Found.buckets(output)).as(name).containsExactly(List.of("of " + odd.indexOf(name)));
        }
    }

    @Test
    void shouldUnpackByWhatAFileHolds() throws Exception {
        writeGzip("a.log", "k,1\n");
        Files.write(input.resolve("b"), Zstd.compress("k,2\nk,3\n".getBytes(StandardCharsets.UTF_8)));
        writeGzip("c.gz", "k,4\n");
        Files.write(input.resolve("c.gz"), Files.readAllBytes(input.resolve("a.log")), StandardOpenOption.APPEND);
        Files.write(input.resolve("d.zst"), Zstd.compress("k,5".getBytes(StandardCharsets.UTF_8)));
        bucket(input.toString(), 1000, new KeyRule("csv:1", "record", 0));
        assertThat(Found.buckets(output))
                .containsExactly(
                        List.of("k,1"), List.of("k,2"), List.of("k,3"), List.of("k,4"), List.of("k,1"), List.of("k,5"));
    }

    @Test
    void shouldRefuseByNameWhatHoldsNoLines() throws IOException {
        write("a", "1\n");
        Files.write(input.resolve("b"), HexFormat.of().parseHex("425a683931415926535989e2a3e1"));
        Files.write(input.resolve("c"), HexFormat.of().parseHex("5041523115041510151c4c15"));
        write("d.gz", "no gzip\n");
        assertRefuses(
                input.toString(),
                input + "/b: is bzip2, not lines; lines can be plain, gzip or zstd; nor can these be read: " + input
                        + "/c, " + input + "/d.gz");
    }

    /** Its length is 0, so nothing of it was read. */
    @Test
    void shouldRefuseWhatIsNoRegularFile() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", input.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertRefuses(input.toString(), input + "/pipe: is no regular file; ");
        assertRefuses(input + "/pipe", input + "/pipe: is no regular file; ");
    }

    /** Hadoop leaves it out of its listing. */
    @Test
    void shouldNameALinkThatLeadsNowhere() throws IOException {
        write("a", "1\n");
        Files.createSymbolicLink(input.resolve("link"), temp.resolve("nowhere"));
        assertRefuses(input.toString(), input + "/link: cannot be read: ");
    }

    @Test
    void shouldSayWhichOutputItCannotWrite() throws IOException {
        write("a", "1\n");
        for (String name : List.of("out:1", temp + "/out:1")) {
            BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
            assertThatThrownBy(() -> run.look(List.of(input.toString()), name))
                    .isInstanceOf(CommandException.class)
                    .hasMessage(name + ": a name with a colon cannot be written; name another");
        }
    }

    private void assertRefuses(String from, String message) throws IOException {
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
        assertThatThrownBy(() -> run.look(List.of(from), output.toString()))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith(message);
        assertThat(output).doesNotExist();
    }

    private static List<String> names(Path folder) throws IOException {
        return Found.sorted(folder).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private Multiplicities bucket(String from, int bytes, KeyRule rule) throws IOException, CommandException {
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(bytes, 1000));
        return run.run(LocalSpark.context(), run.look(List.of(from), output.toString()), rule);
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

    private static List<List<String>> expected(List<String> records) {
        List<List<String>> buckets = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (String record : records) {
            int bucket = seen.merge(record, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
        return buckets;
    }
}
