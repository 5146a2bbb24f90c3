package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.decant.bucketer.Memory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final long allocated = Memory.allocatedBytes();
    private byte[] stdin = {};

    @TempDir
    Path temp;

    @AfterEach
    void shouldLeaveNoMemoryBehind() {
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldShowTheBucketsOfAllFilesAsOneBatch() throws IOException {
        String first = file("first", "a\na\nb\nb\nc");
        String second = file("second", "c\nd\nd\na\n");
        assertThat(run("plan", first, second)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).isEqualTo("""
                        records                      9
                        bytes                       18  as lines, newlines included
                        key                     record
                        distinct keys                4  the records of bucket 0
                        buckets                      3  one request each, if a request may be that large
                        instead of                   5  requests, each cut where a key would come again

                               bucket          records            bytes
                                    0                4                8
                                    1                4                8
                                    2                1                2

                                times  most repeated keys
                                    3  a
                                    2  b
                                    2  c
                                    2  d
                        """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldShowKeysAndCountRecordsWithoutOne() throws IOException {
        String file = file("json", "{\"k\":\"x\\u001b[31m\",\"v\":1}\nno json\n{\"k\":\"x\\u001b[31m\",\"v\":2}\n{}\n");
        assertThat(run("plan", "--key", "json:/k", file)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).isEqualTo("""
                        records                      4
                        bytes                       63  as lines, newlines included
                        key                    json:/k
                        distinct keys                3  the records of bucket 0
                        missing keys                 2  for these the whole record is the key
                        buckets                      2  one request each, if a request may be that large
                        instead of                   2  requests, each cut where a key would come again

                               bucket          records            bytes
                                    0                3               37
                                    1                1               26

                                times  most repeated keys
                                    2  x\\x1b[31m
                        """);
    }

    @Test
    void shouldLeaveRecordsWithoutAKeyOutWhereToldTo() throws IOException {
        String file = file("csv", "k,a\nnone\nk,a\n\nk,b\n" + "k,c\n".repeat(22));
        assertThat(run("plan", "--key", "csv:2", "--missing-key", "dlq", file)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines())
                .contains("records                     27")
                .contains("distinct keys                3  the records of bucket 0")
                .contains("missing keys                 2  these are in no bucket, but go to the dead letters")
                .contains("buckets                     22  one request each, if a request may be that large")
                .contains("instead of                  23  requests, each cut where a key would come again")
                .contains("            0                3               12")
                .contains("        20-21                2                8");
    }

    @Test
    void shouldPlanForABatchWithoutAnyKey() throws IOException {
        assertThat(run("plan", "--key", "csv:2", "--missing-key", "dlq", file("none", "a\na\n")))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines())
                .contains("buckets                      0  one request each, if a request may be that large")
                .contains("missing keys                 2  these are in no bucket, but go to the dead letters");
    }

    @Test
    void shouldRefuseARuleForMissingKeysThatIsNone() {
        assertThat(run("plan", "--missing-key", "drop")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).startsWith("decant: --missing-key: 'drop' is not a rule; write record or dlq");
    }

    @Test
    void shouldSumUpTheBucketsOfAHotKey() throws IOException {
        assertThat(run("plan", file("hot", "hot\n".repeat(1_000_000) + "b\n".repeat(22))))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines())
                .hasSizeLessThan(40)
                .contains("buckets              1,000,000  one request each, if a request may be that large")
                .contains("           19                2                6")
                .contains("    20-999999          999,982        3,999,924")
                .contains("    1,000,000  hot");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "plan -"})
    void shouldReadStandardInput(String arguments) {
        stdin = "a\nb\n".getBytes(StandardCharsets.UTF_8);
        assertThat(run(arguments.split(" "))).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .startsWith("records                      2\n")
                .endsWith("\nNo key occurs twice.\n");
    }

    @Test
    void shouldPlanBySeveralKeysAndNameTheHottestOfEach() throws IOException {
        String file = file("several", "1,a@x\n1.0,b@x\n2,A@x\n3,a@x\n4,c@x\n");
        assertThat(run("plan", "--key", "csv:1", "--key", "csv:2", "--fold", "case", file))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .contains(
                        "{csv:1: csv:1, csv:2: csv:2}\n",
                        "buckets                      3",
                        "instead of                   3  requests")
                .doesNotContain("distinct keys")
                .endsWith("2  csv:1 = 1\n            3  csv:2 = a@x\n");
    }

    @Test
    void shouldPlanByACompositeKey() throws IOException {
        String file = file("composite", "1;a\n1;b\n1.0;a\n");
        assertThat(run("plan", "--key", "[csv:1, csv:2]", "--csv-delimiter", ";", file))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString())
                .contains("[csv:1, csv:2]\n", "buckets                      2")
                .endsWith("            2  [\"1\",\"a\"]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--fold upper", "--csv-delimiter xy", "--key csv:1 --key csv:1", "--key record --key csv:1"})
    void shouldRefuseWhatCannotBeCompared(String options) {
        assertThat(run(("plan " + options).split(" "))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldSayThatThereIsNothing() throws IOException {
        assertThat(run("plan", file("empty", ""))).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).isEqualTo("No records, so no batch and no buckets.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "csv:0", "csv:x", "json:k", "regex:(", "regex:nogroup", "regex:(a++)", "re2:(a)"})
    void shouldRefuseAKeyThatIsNone(String key) {
        assertThat(run("plan", "--key", key)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("decant: --key: '" + key + "'");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldSayWhyLinesHaveNoKeyOfKafkas() {
        assertThat(run("plan", "--key", "kafka-key")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString())
                .startsWith(
                        "decant: --key: 'kafka-key' is the key beside a record of Kafka's, and lines of a file have none");
    }

    @Test
    void shouldNameTheFormsOfAKey() {
        run("plan", "--key", "kafka");
        assertThat(err.toString())
                .contains("record, kafka-key, json:/pointer, csv:N", "regex:EXPR", "decant plan --help");
    }

    @Test
    void shouldFailInOneLineOnAFileThatIsNotThere() {
        assertThat(run("plan", temp.resolve("nothing\nhere").toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).isEqualTo("decant: " + temp + "/nothing\\nhere: no such file\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldFailInOneLineOnAFolder() {
        assertThat(run("plan", temp.toString())).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).isEqualTo("decant: " + temp + ": is a folder; name the files in it\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void shouldUnpackWhateverItIsCalledAndWhereverItComesFrom(String packing) throws IOException {
        byte[] packed = packed(packing, "a\na\n", "b");
        String file = Files.write(temp.resolve("packed"), packed).toString();
        String named = Files.write(temp.resolve(packing.equals("gzip") ? "a.gz" : "a.zst"), packed)
                .toString();
        stdin = packed;
        assertThat(run("plan", file, named, "-", file("plain", "c\n"))).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines())
                .contains("records                     10")
                .contains("buckets                      6  one request each, if a request may be that large")
                .contains("            6  a");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void shouldFailOnWhatIsCutOff(String packing) throws IOException {
        byte[] packed = packed(packing, "a\na\n", "b\n");
        stdin = Arrays.copyOf(packed, packed.length - 3);
        String file = Files.write(temp.resolve("cut"), stdin).toString();
        assertThat(run("plan", file)).isEqualTo(ExitStatus.FAILED);
        assertThat(run("plan")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString())
                .isEqualTo("decant: " + file + ": is cut off; nothing of it is used\n"
                        + "decant: standard input: is cut off; nothing of it is used\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldRefuseByNameWhatHoldsNoLines() throws IOException {
        stdin = HexFormat.of().parseHex("425a683931415926535989e2a3e1");
        String file = Files.write(temp.resolve("a.log"), stdin).toString();
        assertThat(run("plan", file("first", "a\n"), file)).isEqualTo(ExitStatus.FAILED);
        assertThat(run("plan")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString())
                .isEqualTo("decant: " + file + ": is bzip2, not lines; lines can be plain, gzip or zstd\n"
                        + "decant: standard input: is bzip2, not lines; lines can be plain, gzip or zstd\n");
        assertThat(out.toString()).isEmpty();
    }

    /** In as many members, or frames, as texts. */
    private static byte[] packed(String packing, String... texts) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (packing.equals("zstd")) {
                packed.write(Zstd.compress(bytes));
            } else {
                GZIPOutputStream member = new GZIPOutputStream(packed);
                member.write(bytes);
                member.finish();
            }
        }
        return packed.toByteArray();
    }

    @Test
    void shouldWriteNothing() throws IOException {
        String file = file("a", "a\n");
        run("plan", file);
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files).containsExactly(Path.of(file));
        }
    }

    @Test
    void shouldShowWhatStepsMakeOfAFileAndItsBuckets() throws IOException {
        String words = file("words", "to be or  not\nto be\n");
        assertThat(run("plan", "--transform", "split: \" \"", "--transform", "drop: empty", words))
                .isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .startsWith(
                        "in out dropped failed step",
                        "2 7 0 0 split: \" \"",
                        "7 6 1 0 drop: \"empty\"",
                        "",
                        "records 6")
                .contains("distinct keys 4 the records of bucket 0", "2 to", "2 be");
    }

    @Test
    void shouldCountRecordsThatAStepCannotTransform() throws IOException {
        String mixed = file("mixed", "{\"a\":1}\nno\n");
        assertThat(run("plan", "--transform", "json-pick: {a: /a}", mixed)).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains("2 1 0 1 json-pick: {\"a\":\"/a\"}", "records 1");
    }

    @Test
    void shouldNameTheStepThatThereIsNot() throws IOException {
        assertThat(run("plan", "--transform", "splitt: x", file("one", "a\n"))).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).contains("--transform", "'splitt' is not a step; did you mean 'split'?");
        assertThat(out.toString()).isEmpty();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(temp.resolve(name), text).toString();
    }

    private int run(String... arguments) {
        Console captured = Console.captured(new PrintWriter(out), new PrintWriter(err), Map.of());
        PlanCommand command = new PlanCommand(captured, new ByteArrayInputStream(stdin));
        return Main.execute(arguments, captured, List.of(command));
    }
}
