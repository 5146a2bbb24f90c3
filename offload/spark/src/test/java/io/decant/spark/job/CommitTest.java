package io.decant.spark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.StagedFile;
import io.decant.spark.driver.Failure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes visible of a job, and when. */
@Tag("slow")
class CommitTest {

    private static final KeyRule RULE = new KeyRule("record", "record", 1);
    private static final List<SinkOutput> SINKS = List.of(new SinkOutput("archive", "lines", "none", 2));

    @TempDir
    Path temp;

    private Path staged;
    private TestRecords records;

    @BeforeEach
    void stage() throws IOException {
        Random random = new Random(3);
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            lines.add(StagedJobTest.bytes("k" + random.nextInt(60)));
        }
        records = new TestRecords(random).lines(lines, 10);
        staged = temp.resolve("batch-000000000007");
        records.stage(staged, RULE, new BlockFileLimits(1 << 20, 100));
    }

    @Test
    void shouldDoNothingWhereTheOutputIsThere() throws IOException {
        JobResult first = job("one").run(SINKS, true);
        Files.delete(staged.resolve(StagedFile.nameOf(0)));
        JobResult second = job("two").run(SINKS, true);
        assertThat(second.toJson()).isEqualTo(first.toJson());
        assertThat(names(staged)).doesNotContain("out-one", "out-two");
    }

    @Test
    void shouldLeaveOneOutputOfTwoSubmissionsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<JobResult> one = threads.submit(() -> job("one").run(SINKS, true));
            Future<JobResult> two = threads.submit(() -> job("two").run(SINKS, true));
            assertThat(one.get().multiplicities()).isEqualTo(two.get().multiplicities());
        } finally {
            threads.shutdown();
        }
        assertThat(names(staged)).contains("out").doesNotContain("out-one", "out-two");
        assertThat(Found.buckets(staged.resolve("out/sinks/archive")))
                .isEqualTo(Expected.of(records, RULE).buckets());
    }

    /**
     * Attempts that fail in the middle leave files behind, of which none may be part of the output, and memory, of
     * which none may be left.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldCountNothingOfAttemptsThatFailed(long seed) throws IOException {
        FlakyFileSystem.start(seed);
        long memory = Memory.allocatedBytes();
        JobResult result = new StagedJob(LocalSpark.context(), "flaky:" + staged, "one").run(SINKS, true);
        assertThat(FlakyFileSystem.failures()).isPositive();
        Expected expected = Expected.of(records, RULE);
        List<List<String>> buckets = new ArrayList<>();
        Found.runs(staged.resolve("out"), result.runs(), buckets, new ArrayList<>());
        assertThat(buckets).isEqualTo(expected.buckets());
        assertThat(Found.buckets(staged.resolve("out/sinks/archive"))).isEqualTo(expected.buckets());
        assertThat(names(staged.resolve("out"))).containsExactly("result.json", "runs", "sinks");
        assertThat(names(staged.resolve("out/runs"))).hasSize(2 * result.runs().size());
        assertThat(Memory.allocatedBytes()).isEqualTo(memory);
    }

    @Test
    void shouldRefuseABlockFileThatIsNotWhatWasWritten() throws IOException {
        Path file = staged.resolve(StagedFile.nameOf(2));
        try (RandomAccessFile changed = new RandomAccessFile(file.toFile(), "rw")) {
            changed.seek(changed.length() - 2);
            changed.write('#');
        }
        long memory = Memory.allocatedBytes();
        assertThatThrownBy(() -> job("one").run(SINKS, true)).satisfies(e -> {
            assertThat(Failure.of(e).isPermanent()).isTrue();
            assertThat(Failure.of(e).message()).contains("blocks-00002");
        });
        assertThat(names(staged)).doesNotContain("out", "out-one");
        assertThat(Memory.allocatedBytes()).isEqualTo(memory);
    }

    @Test
    void shouldSayThatABatchIsNotStaged() {
        assertThatThrownBy(() -> new StagedJob(
                                LocalSpark.context(),
                                temp.resolve("nothing").toUri().toString(),
                                "one")
                        .run(SINKS, true))
                .satisfies(e -> assertThat(Failure.of(e).isPermanent()).isTrue());
        assertThat(temp.resolve("nothing")).doesNotExist();
    }

    private StagedJob job(String attempt) throws IOException {
        return new StagedJob(LocalSpark.context(), staged.toUri().toString(), attempt);
    }

    private static List<String> names(Path folder) throws IOException {
        return Found.sorted(folder).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }
}
