package io.decant.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bytes a second, by a clock that the test moves. */
class RateLimitTest {

    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);
    private final RateLimit limit = new RateLimit(1_000, () -> now);

    private void seconds(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void shouldLetASecondsWorthComeAtOnce() {
        assertThat(limit.waitNanos()).isZero();
        assertThat(limit.take(1_000)).isZero();
        assertThat(limit.waitNanos()).isZero();
        assertThat(limit.take(500)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(limit.waitNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void shouldWaitTheLongerForWhatWentOver() {
        assertThat(limit.take(11_000)).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        seconds(9);
        assertThat(limit.waitNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        seconds(1);
        assertThat(limit.waitNanos()).isZero();
    }

    @Test
    void shouldSaveUpNoMoreThanASecond() {
        seconds(1_000);

        assertThat(limit.take(3_000)).isEqualTo(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void shouldKeepToTheRateInTheLongRun() {
        long taken = 0;
        long end = now + TimeUnit.SECONDS.toNanos(100);
        while (end - now > 0) {
            if (limit.waitNanos() == 0) {
                limit.take(700);
                taken += 700;
            }
            now += TimeUnit.MILLISECONDS.toNanos(10);
        }

        assertThat(taken).isBetween(99_000L, 102_000L);
    }

    @Test
    void shouldBearWhatWouldOverflow() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(limit.take(Long.MAX_VALUE)).isPositive();
        }
    }
}
