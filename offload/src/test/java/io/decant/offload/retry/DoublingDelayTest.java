package io.decant.offload.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class DoublingDelayTest {

    @Property
    void shouldDoubleUpToTheLongest(
            @ForAll @LongRange(min = 1) long first,
            @ForAll @LongRange(min = 1) long max,
            @ForAll @IntRange(min = 1, max = 200) int failures) {
        BigInteger grown = BigInteger.valueOf(first).shiftLeft(failures - 1);
        assertThat(new DoublingDelay(first, max).nanos(failures))
                .isEqualTo(grown.min(BigInteger.valueOf(max)).longValueExact());
    }

    @Property
    void shouldStayWithinTheDelayWithJitter(
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2) long first,
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE / 2) long max,
            @ForAll @IntRange(min = 1) int failures,
            @ForAll long seed) {
        DoublingDelay delay = new DoublingDelay(first, max);
        assertThat(delay.jitteredNanos(failures, new Random(seed))).isBetween(0L, delay.nanos(failures));
    }
}
