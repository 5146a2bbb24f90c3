package io.decant.offload.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BatchNamesTest {

    @Test
    void shouldNameWhatTheContractSays() {
        BatchId id = new BatchId(
                "edge-1",
                "1a2b3c4d",
                42,
                Instant.parse("2026-11-21T04:59:59.999Z"),
                Instant.parse("2026-11-21T05:00:00Z"));

        assertThat(BatchNames.directory(id))
                .isEqualTo("server=edge-1/date=2026-11-21/hour=04/batch-1a2b3c4d-000000000042");
        assertThat(BatchNames.bucketDirectory(7)).isEqualTo("bucket-000007");
        assertThat(BatchNames.part(0, FileFormat.LINES, FileCompression.NONE)).isEqualTo("part-00000.lines");
        assertThat(BatchNames.part(3, FileFormat.ENVELOPE, FileCompression.ZSTD))
                .isEqualTo("part-00003.ndjson.zst");
        assertThat(BatchNames.tailPart(12, FileCompression.GZIP)).isEqualTo("part-00012.tsv.gz");
        assertThat(BatchNames.stagingDirectory("edge-1", "1a2b3c4d", "archive"))
                .isEqualTo("_staging/server=edge-1/journal=1a2b3c4d/sink=archive");
        assertThat(TailLine.prefix(Integer.MAX_VALUE))
                .isEqualTo("2147483647\t".getBytes(StandardCharsets.US_ASCII))
                .hasSize(TailLine.PREFIX_BYTES_MAX);
    }

    @Test
    void shouldRefuseWhatHasNoName() {
        assertThatThrownBy(() -> BatchNames.bucketDirectory(BatchNames.BUCKET_DIRECTORIES_MAX))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BatchNames.tailPart(-1, FileCompression.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
