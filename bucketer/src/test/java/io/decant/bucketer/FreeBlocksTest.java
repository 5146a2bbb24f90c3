package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreeBlocksTest {

    private static final long MIB = 1L << 20;
    private static final long LONGS = MIB / Long.BYTES;

    private final long allocated = Memory.allocatedBytes();

    @AfterEach
    void keepNothing() {
        FreeBlocks.keep(0);
        assertThat(FreeBlocks.keptBytes()).isZero();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    private static LongArray array(long mebibytes) {
        LongArray array = LongArray.empty();
        array.growTo(mebibytes * LONGS);
        return array;
    }

    @Test
    void shouldKeepNothingUnlessItIsTold() {
        array(2).close();

        assertThat(FreeBlocks.keptBytes()).isZero();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    @Test
    void shouldUseABlockAgainThatIsLargeEnoughAndNotMuchLarger() {
        FreeBlocks.keep(64 * MIB);
        LongArray first = array(8);
        long address = first.address();
        first.close();
        assertThat(FreeBlocks.keptBytes()).isEqualTo(8 * MIB);
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);

        try (LongArray small = array(4);
                LongArray large = array(9)) {
            assertThat(small.address()).isNotEqualTo(address);
            assertThat(large.address()).isNotEqualTo(address);
            try (LongArray again = array(7)) {
                assertThat(again.address()).isEqualTo(address);
                assertThat(again.length()).isEqualTo(7 * LONGS);
                again.set(0, 1);
                again.growTo(8 * LONGS);
                assertThat(again.address()).isEqualTo(address);
                again.growTo(9 * LONGS);
                assertThat(again.get(0)).isEqualTo(1);
                again.shrinkTo(2 * LONGS);
                assertThat(again.get(0)).isEqualTo(1);
                assertThat(FreeBlocks.keptBytes()).isZero();
            }
        }
    }

    @Test
    void shouldForgetTheOldestBeyondItsBound() {
        FreeBlocks.keep(10 * MIB);
        LongArray oldest = array(2);
        LongArray middle = array(4);
        LongArray newest = array(5);
        LongArray tooLarge = array(16);
        long address = middle.address();
        oldest.close();
        middle.close();
        newest.close();
        tooLarge.close();

        assertThat(FreeBlocks.keptBytes()).isEqualTo(9 * MIB);
        try (LongArray again = array(4)) {
            assertThat(again.address()).isEqualTo(address);
        }
        FreeBlocks.release();
        assertThat(FreeBlocks.keptBytes()).isZero();
    }

    @Test
    void shouldGiveBackWhatIsKeptBeforeMemoryIsOut() {
        FreeBlocks.keep(10 * MIB);
        array(4).close();

        assertThatThrownBy(() -> Memory.allocate(1L << 60)).isInstanceOf(OutOfMemoryError.class);
        assertThat(FreeBlocks.keptBytes()).isZero();
    }

    @Test
    void shouldTakeALittleMoreThanIsNeededOfLargeBlocksOnly() {
        assertThat(FreeBlocks.rounded(1000)).isEqualTo(1000);
        assertThat(FreeBlocks.rounded(8 * MIB)).isEqualTo(8 * MIB);
        assertThat(FreeBlocks.rounded(8 * MIB + 8)).isEqualTo(9 * MIB);
    }
}
