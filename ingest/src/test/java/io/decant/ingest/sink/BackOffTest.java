package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackOffTest {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:37Z");
    private static final Duration CAP = Duration.ofMinutes(1);

    @Property
    void shouldStayBetweenZeroAndWhatHasGrownUpToTheCap(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int failures,
            @ForAll @LongRange(min = 1, max = 3_600_000) long capMillis) {
        Duration cap = Duration.ofMillis(capMillis);
        double grown = BackOff.BASE_NANOS * Math.pow(2, Math.min(failures - 1, 60));

        long delay = new BackOff(cap, new Random(seed), InstantSource.fixed(NOW)).delayNanos(failures);

        assertThat(delay).isBetween(0L, cap.toNanos());
        assertThat((double) delay).isLessThanOrEqualTo(grown);
    }

    @Test
    void shouldUseTheWholeRangeEvenly() {
        BackOff backOff = new BackOff(CAP, new Random(7), InstantSource.fixed(NOW));
        long range = BackOff.BASE_NANOS * 8;

        long[] delays =
                LongStream.generate(() -> backOff.delayNanos(4)).limit(10_000).toArray();

        for (int tenth = 0; tenth < 10; tenth++) {
            long from = range / 10 * tenth;
            long to = range / 10 * (tenth + 1);
            assertThat(LongStream.of(delays).filter(d -> d >= from && d < to).count())
                    .isBetween(850L, 1150L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "17, 17000",
        "' 5 ', 5000",
        "60, 60000",
        "61, 60000",
        "99999999999999999999999999, 60000",
        "0, 0",
        "'', 0",
        "-1, 0",
        "1.5, 1500",
        "0.25, 250",
        "7., 7000",
        "59.9999999999, 60000",
        "60.5, 60000",
        ".5, 0",
        "'1,5', 0",
        "1.5.1, 0",
        "1e3, 0",
        "-1.5, 0",
        "soon, 0",
        "'Sun, 06 Nov 1994 08:49:47 GMT', 10000",
        "'Sunday, 06-Nov-94 08:49:47 GMT', 10000",
        "'Sun Nov  6 08:49:47 1994', 10000",
        "'Sun, 06 Nov 1994 08:49:37 GMT', 0",
        "'Sun, 06 Nov 1994 08:49:36 GMT', 0",
        "'Thu, 01 Jan 1970 00:00:00 GMT', 0",
        "'Mon, 07 Nov 2094 08:49:37 GMT', 60000",
        "'Sun, 99 Nov 1994 08:49:47 GMT', 0"
    })
    void shouldReadRetryAfter(String header, long millis) {
        BackOff backOff = new BackOff(CAP, new Random(1), InstantSource.fixed(NOW));

        assertThat(backOff.askedNanos(header))
                .isEqualTo(Duration.ofMillis(millis).toNanos());
    }

    @ParameterizedTest
    @CsvSource({"0.000000001, 1", "0.0000000001, 1", "1.0000000000, 1000000000", "1.99999999901, 2000000000"})
    void shouldRoundAFractionUpToNanoseconds(String header, long nanos) {
        BackOff backOff = new BackOff(CAP, new Random(1), InstantSource.fixed(NOW));

        assertThat(backOff.askedNanos(header)).isEqualTo(nanos);
    }
}
