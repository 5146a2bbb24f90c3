package io.decant.ingest.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.config.HdfsSinkSettings;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.layout.BatchNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Against the naive rule, and against a disk that fails or a machine that dies at every single step. */
class HdfsSinkPropertyTest {

    /** From one key that is everywhere to nothing but different ones. */
    @Provide
    Arbitrary<List<String>> records() {
        return Arbitraries.integers().between(1, 200).flatMap(keys -> Arbitraries.integers()
                .between(0, keys)
                .map(key -> "key-" + key * 7919 + "-" + "x".repeat(key % 50))
                .list()
                .ofMinSize(1)
                .ofMaxSize(300));
    }

    @Property(tries = 100)
    void shouldDeliverWhatTheRuleSays(
            @ForAll("records") List<String> records,
            @ForAll @IntRange(max = 8) int maxBucketDirs,
            @ForAll FileCompression compression,
            @ForAll @IntRange(min = 1, max = 4000) int partBytesMax)
            throws IOException {
        Path root = Files.createTempDirectory("decant-files");
        try (FileBatch batch = new FileBatch(1, records, partBytesMax);
                SinkRun run = new SinkRun(settings(root, compression, maxBucketDirs), new LocalFiles(root))) {
            run.deliver(batch);
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
                assertThat(found.buckets()).isEqualTo(batch.naiveBuckets());
                assertThat(found.manifest().buckets())
                        .hasSize(Math.min(maxBucketDirs, batch.open().buckets().buckets()));
            });
        } finally {
            new LocalFiles(root).delete("");
        }
    }

    /** Whatever breaks where: at the end each batch is there once and whole, and nothing else is. */
    @Property(tries = 8)
    void shouldEndWithExactlyTheBatchesWhereverItBreaks(
            @ForAll("records") List<String> records,
            @ForAll @IntRange(max = 4) int maxBucketDirs,
            @ForAll FileCompression compression,
            @ForAll BreakableFiles.Break how)
            throws IOException {
        List<String> few = records.subList(0, Math.min(records.size(), 12));
        HdfsSinkSettings settings = settings(Path.of("/"), compression, maxBucketDirs);
        boolean broken = true;
        for (int breakAt = 1; broken; breakAt++) {
            Path root = Files.createTempDirectory("decant-files");
            long before = Memory.allocatedBytes();
            try (FileBatch first = new FileBatch(1, few, 100);
                    FileBatch second = new FileBatch(2, records.subList(0, 1), 100)) {
                BreakableFiles files = new BreakableFiles(root, breakAt, how);
                deliver(List.of(first, second), settings, files, how);
                broken = files.operations() >= breakAt;
                assertThat(BreakableFiles.sound(root)
                                .list(BatchNames.stagingDirectory("edge-1", "00c0ffee", "archive")))
                        .isEmpty();
                assertThat(DeliveredBatch.below(root))
                        .as("broken at %s: %s", breakAt, how)
                        .extracting(DeliveredBatch::buckets)
                        .containsExactly(first.naiveBuckets(), second.naiveBuckets());
            } finally {
                new LocalFiles(root).delete("");
            }
            assertThat(Memory.allocatedBytes()).isEqualTo(before);
        }
    }

    private static void deliver(
            List<FileBatch> batches, HdfsSinkSettings settings, BreakableFiles files, BreakableFiles.Break how)
            throws IOException {
        List<FileBatch> left = new ArrayList<>(batches);
        try (SinkRun run = new SinkRun(settings, files)) {
            while (!left.isEmpty()) {
                run.deliver(left.get(0));
                left.remove(0);
            }
        } catch (BreakableFiles.Death e) {
            assertThat(how).isIn(BreakableFiles.Break.DIES, BreakableFiles.Break.DIES_AFTERWARDS);
            // The next start knows what was marked, which may be nothing of what is there.
            try (SinkRun next = new SinkRun(settings, BreakableFiles.sound(files.root()))) {
                batches.forEach(next::deliver);
            }
        }
    }

    private static HdfsSinkSettings settings(Path root, FileCompression compression, int maxBucketDirs) {
        return new HdfsSinkSettings(
                root.toUri(), Optional.empty(), FileFormat.LINES, compression, maxBucketDirs, false);
    }
}
