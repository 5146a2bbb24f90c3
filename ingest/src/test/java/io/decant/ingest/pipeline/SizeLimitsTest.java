package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How large things may be. */
class SizeLimitsTest {

    private static final int READ_BYTES = 1 << 20;

    /** With records as long as the settings allow. */
    @ParameterizedTest
    @CsvSource({"8, 0", "8, 4096", "16, 0", "64, 4096", "1024, 4096"})
    void shouldLeaveRoomForABlockBesideTheLongestCheckpoint(long segmentMebibytes, int cursorBytesMax) {
        long segment = segmentMebibytes << 20;
        int block = Math.toIntExact(READ_BYTES + segment / 4 + 1);
        int streams = SizeLimits.keptStreamsMax(segment, 1, block, cursorBytesMax);
        long streamsBytes = (long) streams * (JournalState.KEPT_STREAM_BYTES_MAX + cursorBytesMax);
        assertThat(streams).isGreaterThan(200);
        assertThat(streamsBytes).isLessThanOrEqualTo(segment / 4);
        // Shapes, imports and records set aside; the reserve.
        assertThat(segment - streamsBytes - (4 * (256 << 10) + (1 << 20) + 1024 * 530) - (768 << 10))
                .isGreaterThanOrEqualTo(block);
        assertThat(JournalWriter.streamsBytesMax(segment, block)).isGreaterThanOrEqualTo(streamsBytes);
    }

    @Test
    void shouldShareTheStreamsAmongTheSources() {
        assertThat(SizeLimits.keptStreamsMax(256 << 20, 4, READ_BYTES, 0))
                .isEqualTo(SizeLimits.keptStreamsMax(256 << 20, 1, READ_BYTES, 0) / 4);
    }
}
