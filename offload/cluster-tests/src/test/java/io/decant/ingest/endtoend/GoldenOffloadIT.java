package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data directories of released versions in which a batch is staged for Spark, and not yet split there. */
class GoldenOffloadIT {

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void shouldSplitOnSparkWhatTheReleaseHadStaged() throws Exception {
        List<GoldenDirectory> staged = GoldenDirectory.all().stream()
                .filter(GoldenDirectory::needsSpark)
                .toList();
        assertThat(staged).isNotEmpty();
        for (GoldenDirectory golden : staged) {
            assertThat(GoldenJournalIT.outcome(folder, golden))
                    .as(golden.name())
                    .containsExactlyElementsOf(golden.expected());
        }
    }
}
