package io.decant.ingest.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.config.HdfsSinkSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilesADayTest {

    private static HdfsSinkSettings settings(int maxBucketDirs) {
        return new HdfsSinkSettings(
                URI.create("hdfs://namenode:8020/decant"),
                Optional.empty(),
                FileFormat.LINES,
                FileCompression.NONE,
                maxBucketDirs,
                false);
    }

    @Test
    void shouldSayWhenThereWillBeManyFiles() {
        assertThat(FilesADay.hint("archive", settings(64), Duration.ofSeconds(1)))
                .contains("sink archive will make at least 172800 files a day: with an interval of 1.0 s that is 86400"
                        + " batches of 2 files and one more for each further bucket; raise batch.interval, and set"
                        + " max-bucket-dirs: 0");
        assertThat(FilesADay.hint("archive", settings(0), Duration.ofMillis(10)))
                .contains("sink archive will make at least 17280000 files a day: with an interval of 0.01 s that is"
                        + " 8640000 batches of 2 files; raise batch.interval");
    }

    @Test
    void shouldSayNothingOfFewFiles() {
        assertThat(FilesADay.hint("archive", settings(64), Duration.ofSeconds(18)))
                .isEmpty();
        assertThat(FilesADay.hint("archive", settings(64), Duration.ofDays(2))).isEmpty();
        assertThat(FilesADay.hint("archive", settings(64), Duration.ofSeconds(17)))
                .isPresent();
    }
}
