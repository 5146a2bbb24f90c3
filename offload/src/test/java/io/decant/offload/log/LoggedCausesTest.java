package io.decant.offload.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoggedCausesTest {

    private static final long AGAIN = LoggedCauses.AGAIN_NANOS;

    private final LoggedCauses causes = new LoggedCauses();

    @Test
    void shouldTellOnceOfEachCauseWhileItFails() {
        assertThat(causes.failed("disk full", 0)).isTrue();
        assertThat(causes.failed("disk full", 1)).isFalse();
        assertThat(causes.failed("read-only", 2)).isTrue();
        assertThat(causes.failed("disk full", 3 * AGAIN)).isFalse();
        assertThat(causes.failed("read-only", 3 * AGAIN)).isFalse();
    }

    @Test
    void shouldSayThatItWorksOnceAndOnlyWhereTheTroubleWasTold() {
        assertThat(causes.works(0)).isFalse();
        causes.failed("disk full", 1);
        assertThat(causes.works(2)).isTrue();
        assertThat(causes.works(3)).isFalse();
    }

    @Test
    void shouldTellOfTroubleThatComesAndGoesNowAndThen() {
        int told = 0;
        for (int second = 0; second < 100; second++) {
            long now = second * (AGAIN / 10);
            told += causes.failed("timeout", now) ? 1 : 0;
            told += causes.works(now + 1) ? 1 : 0;
        }
        assertThat(told).isEqualTo(20);
    }

    @Test
    void shouldTellInTheEndOfTroubleThatStays() {
        causes.failed("timeout", 0);
        causes.works(1);
        assertThat(causes.failed("timeout", 2)).isFalse();
        assertThat(causes.failed("timeout", AGAIN)).isTrue();
        assertThat(causes.failed("timeout", 5 * AGAIN)).isFalse();
    }

    @Test
    void shouldTellOfANewCauseAtOnceThoughItWorkedInBetween() {
        causes.failed("timeout", 0);
        causes.works(1);
        assertThat(causes.failed("disk full", 2)).isTrue();
    }

    @Test
    void shouldTellOfNoMoreThanSoManyCauses() {
        int told = 0;
        for (int i = 0; i < 1000; i++) {
            told += causes.failed("cause " + i, i) ? 1 : 0;
        }
        assertThat(told).isEqualTo(LoggedCauses.CAUSES_MAX);
        causes.works(2 * AGAIN);
        assertThat(causes.failed("cause 0", 2 * AGAIN)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "no answer from 10.0.0.7:9092 within 30000 ms, no answer from 10.0.0.12:9093 within 15000 ms",
        "cannot read batch-000000000001/run-3.bin, cannot read batch-000000000022/run-0.bin",
        "_staging/3fa9c2d1 is there, _staging/b09cc2d1 is there",
    })
    void shouldTakeCausesForTheSameThatDifferInNumbers(String one, String other) {
        assertThat(LoggedCauses.kind(one)).isEqualTo(LoggedCauses.kind(other));
    }

    @Test
    void shouldTellCausesApartByTheirClassAndTheirFirstLine() {
        String full = LoggedCauses.kind(new IOException("No space left on device"));
        assertThat(LoggedCauses.kind(new IOException("Input/output error"))).isNotEqualTo(full);
        assertThat(LoggedCauses.kind(new IllegalStateException("No space left on device")))
                .isNotEqualTo(full);
        assertThat(LoggedCauses.kind(new IOException("No space left on device\n\tat elsewhere")))
                .isEqualTo(full);
    }
}
