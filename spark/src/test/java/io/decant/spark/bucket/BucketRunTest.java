package io.decant.spark.bucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.layout.Manifest;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.job.Found;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant bucket}, without its process. */
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
        write("_hidden", "k,0\n");
        write(".hidden", "k,0\n");
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
        assertThatThrownBy(() -> run.look(input.toString(), output.toString()))
                .isInstanceOf(BucketException.class)
                .hasMessageContaining("is there already");
    }

    @Test
    void shouldSayThatThereIsNoInput() {
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(16, 16));
        assertThatThrownBy(() -> run.look(input + "/nothing*", output.toString()))
                .isInstanceOf(BucketException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void shouldLeaveNothingOfAJobThatFailed() throws IOException {
        Files.write(input.resolve("broken.gz"), new byte[] {31, (byte) 139, 8, 0, 1, 2, 3});
        assertThatThrownBy(() -> bucket(input.toString(), 16, WHOLE)).hasStackTraceContaining("broken.gz: ");
        assertThat(names(temp)).containsExactly("in");
    }

    private static List<String> names(Path folder) throws IOException {
        return Found.sorted(folder).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private Multiplicities bucket(String from, int bytes, KeyRule rule) throws IOException, BucketException {
        BucketRun run = new BucketRun(new Configuration(), new BlockFileLimits(bytes, 1000));
        return run.run(LocalSpark.context(), run.look(from, output.toString()), rule);
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
