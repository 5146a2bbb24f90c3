package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskBoundsTest {

    private final DiskBounds bounds = new DiskBounds(1_000, 900);

    @ParameterizedTest
    @CsvSource({
        "1000, NONE, false",
        "1001, NONE, true",
        "1000, BACKLOG, true",
        "901, BACKLOG, true",
        "900, BACKLOG, false",
        "901, FREE_SPACE, false",
    })
    void shouldLetABacklogDrainWellBelowItsBound(long backlogBytes, PauseReason now, boolean expected) {
        assertThat(bounds.isBacklog(backlogBytes, now)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "900, NONE, false",
        "899, NONE, true",
        "900, FREE_SPACE, true",
        "999, FREE_SPACE, true",
        "1000, FREE_SPACE, false",
        "999, BACKLOG, false",
    })
    void shouldWaitForFreeSpaceWellAboveItsBound(long freeBytes, PauseReason now, boolean expected) {
        assertThat(bounds.isShort(freeBytes, now)).isEqualTo(expected);
    }
}
