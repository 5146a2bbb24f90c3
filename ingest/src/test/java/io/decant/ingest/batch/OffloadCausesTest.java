package io.decant.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.SegmentTable;
import io.decant.offload.client.OffloadException;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the log is told of batches that do not get to Spark, and of staged ones that cannot be removed. */
class OffloadCausesTest {

    private final MemoryFiles files = new MemoryFiles();
    private long nowNanos;

    @Test
    void shouldTellOfEachCauseOnceForWhichABatchIsNotParted() {
        OffloadRetry retry = new OffloadRetry(new InMemoryOffloader(files), new Random(1));
        OffloadTask batch = new OffloadTask(new CutScanner(new JournalView(new SegmentTable(null), 1), 7, 9), () -> {});
        try (LogLines lines = new LogLines(OffloadRetry.class)) {
            for (int i = 0; i < 20; i++) {
                nowNanos += TimeUnit.MINUTES.toNanos(1);
                retry.failed(batch, new OffloadException("application_1_000" + i + " ended as FAILED"), nowNanos);
                retry.failed(batch, new IOException("the namenode is away"), nowNanos);
            }
            assertThat(retry.failures()).isEqualTo(40);
            assertThat(batch.error()).isEqualTo("java.io.IOException: the namenode is away");
            assertThat(lines.told())
                    .containsExactly(
                            "WARN batch at 7: not split on Spark: application_1_0000 ended as FAILED; retrying until"
                                    + " it succeeds",
                            "WARN batch at 7: not split on Spark: java.io.IOException: the namenode is away; retrying"
                                    + " until it succeeds");
        }
    }

    @Test
    void shouldTellOfEachCauseOnceForWhichTheStagingIsNotCleanedAndWhenItIs() {
        try (LogLines lines = new LogLines(StagingArea.class);
                StagingArea area = new StagingArea(new StagingPlace(InMemoryOffloader.URI, () -> files))) {
            fails("the namenode is away");
            clean(area, 5);
            fails("Permission denied");
            clean(area, 5);
            assertThat(area.trouble()).endsWith("Permission denied");
            files.trouble(() -> {});
            clean(area, 2);
            assertThat(area.trouble()).isEmpty();
            assertThat(lines.told())
                    .containsExactly(
                            "WARN memory:/staging cannot be cleaned: java.io.IOException: the namenode is away;"
                                    + " retrying",
                            "WARN memory:/staging cannot be cleaned: java.io.IOException: Permission denied;"
                                    + " retrying",
                            "INFO memory:/staging can be cleaned again");
        }
    }

    private void fails(String why) {
        files.trouble(() -> {
            throw new IOException(why);
        });
    }

    private void clean(StagingArea area, int times) {
        for (int i = 0; i < times; i++) {
            nowNanos += TimeUnit.SECONDS.toNanos(10);
            area.clean(0, batch -> true, nowNanos);
        }
    }
}
