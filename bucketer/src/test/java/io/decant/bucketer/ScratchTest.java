package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScratchTest {

    /** More than any address space. */
    private static final long TOO_MUCH = 1L << 60;

    private final long before = Memory.allocatedBytes();

    @Test
    void shouldGrowAndFreeWhatItHolds() {
        try (Scratch scratch = new Scratch()) {
            long small = scratch.ofAtLeast(10);
            Memory.putByte(small + 9, (byte) 1);
            assertThat(scratch.ofAtLeast(20)).isEqualTo(small);
            Memory.putByte(scratch.ofAtLeast(1 << 20) + (1 << 20) - 1, (byte) 1);
            assertThat(Memory.allocatedBytes()).isEqualTo(before + (1 << 20));
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    /** Nothing is freed twice, and nothing is lost. */
    @Test
    void shouldHoldNothingWhereThereIsNoMemory() {
        try (Scratch scratch = new Scratch()) {
            scratch.ofAtLeast(10);
            assertThatThrownBy(() -> scratch.ofAtLeast(TOO_MUCH)).isInstanceOf(OutOfMemoryError.class);
            assertThat(Memory.allocatedBytes()).isEqualTo(before);
            scratch.close();
            assertThat(Memory.allocatedBytes()).isEqualTo(before);

            Memory.putByte(scratch.ofAtLeast(10) + 9, (byte) 1);
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @Test
    void shouldKeepNothingOfCountsThatDoNotFit() {
        assertThatThrownBy(() -> new SmallCounts(TOO_MUCH)).isInstanceOf(OutOfMemoryError.class);
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }
}
