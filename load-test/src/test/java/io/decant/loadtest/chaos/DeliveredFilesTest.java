package io.decant.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.loadtest.chaos.ChaosLedger.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveredFilesTest {

    @TempDir
    Path root;

    private final ChaosLedger ledger = new ChaosLedger("files");
    private DeliveredFiles files;

    @BeforeEach
    void open() {
        files = new DeliveredFiles(root, ledger);
    }

    private static String record(long number) {
        return new ChaosRecord("tcp-0", number).json();
    }

    private Path batch(long number) {
        return root.resolve("server=chaos/date=2026-11-30/hour=10/batch-0a1b2c3d-%012d".formatted(number));
    }

    private void write(Path file, String... lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(lines));
    }

    private List<String> faults(long sent) {
        return ledger.faults(Map.of("tcp-0", sent), Scope.ALL, 1);
    }

    @Test
    void shouldReadBucketsAndTheTailAndRemoveThem() throws IOException {
        write(batch(1).resolve("bucket-000000/part-00000.lines"), record(0), record(1));
        write(batch(1).resolve("tail/part-00000.tsv"), "1\t" + record(2), "2\t" + record(3));
        write(batch(1).resolve("_manifest.json"), "{}");
        write(root.resolve("_staging/batch-0a1b2c3d-000000000002/bucket-000000/part-00000.lines"), record(4));
        files.sweep(0);
        assertThat(faults(4)).isEmpty();
        assertThat(files.batches()).isEqualTo(1);
        assertThat(batch(1)).doesNotExist();
    }

    /** What a power cut leaves of a batch that is being removed must not stand where batches are. */
    @Test
    void shouldTakeABatchAwayAsAWholeBeforeItsFilesGo() throws IOException {
        Path sink = root.resolve("files");
        Path swept = root.resolve("files-swept");
        Path lines = sink.resolve(root.relativize(batch(1))).resolve("bucket-000000/part-00000.lines");
        write(lines, record(0));
        write(swept, "where nothing can be moved to");
        DeliveredFiles delivered = new DeliveredFiles(sink, ledger);

        assertThatThrownBy(() -> delivered.sweep(0)).isInstanceOf(IOException.class);

        assertThat(lines).exists();
        Files.delete(swept);
        write(swept.resolve("bucket-000000/part-00000.lines"), "left by an earlier power cut");
        delivered.sweep(0);
        assertThat(lines).doesNotExist();
        assertThat(swept).doesNotExist();
        assertThat(faults(1)).isEmpty();
    }

    @Test
    void shouldKeepTheNewest() throws IOException {
        for (long number = 1; number <= 3; number++) {
            write(batch(number).resolve("bucket-000000/part-00000.lines"), record(number - 1));
        }
        files.sweep(2);
        assertThat(batch(1)).doesNotExist();
        assertThat(batch(2)).exists();
        files.sweep(0);
        assertThat(faults(3)).isEmpty();
    }

    @Test
    void shouldNotCountABatchThatIsThereAgain() throws IOException {
        for (int time = 0; time < 2; time++) {
            write(batch(1).resolve("bucket-000000/part-00000.lines"), record(0));
            files.sweep(0);
        }
        assertThat(faults(1)).isEmpty();
        assertThat(files.repeats()).isEqualTo(1);
    }

    @Test
    void shouldNameABatchThatIsThereAgainAsAnother() throws IOException {
        write(batch(1).resolve("bucket-000000/part-00000.lines"), record(0));
        files.sweep(0);
        write(batch(1).resolve("bucket-000000/part-00000.lines"), record(1));
        files.sweep(0);
        assertThat(faults(1)).containsExactly("files: batch 1 came again as another");
    }

    @Test
    void shouldNameAMissingBatch() throws IOException {
        write(batch(2).resolve("bucket-000000/part-00000.lines"), record(0));
        files.sweep(0);
        assertThat(faults(1)).containsExactly("files: batch 2 follows batch 0");
    }
}
