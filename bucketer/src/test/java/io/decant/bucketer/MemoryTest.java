package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MemoryTest {

    @Test
    void shouldCountWhatIsAllocatedUntilItIsFreed() {
        long before = Memory.allocatedBytes();
        long address = Memory.allocateZeroed(100);
        assertThat(Memory.allocatedBytes()).isEqualTo(before + 100);
        address = Memory.reallocate(address, 100, 1000);
        assertThat(Memory.allocatedBytes()).isEqualTo(before + 1000);
        Memory.free(address, 1000);
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @Test
    void shouldZeroWhatIsAskedToBeZero() {
        long address = Memory.allocateZeroed(4096);
        assertThat(NativeBytes.read(address, 4096)).containsOnly(0);
        Memory.free(address, 4096);
    }

    @Test
    void shouldReadWhatWasWrittenAtAnyAddress() {
        long address = Memory.allocate(32);
        Memory.putLong(address + 1, 0x0123456789ABCDEFL);
        Memory.putInt(address + 11, 0x01234567);
        Memory.putByte(address + 17, (byte) -2);
        assertThat(Memory.getLong(address + 1)).isEqualTo(0x0123456789ABCDEFL);
        assertThat(Memory.getInt(address + 11)).isEqualTo(0x01234567);
        assertThat(Memory.getByte(address + 17)).isEqualTo((byte) -2);
        Memory.free(address, 32);
    }

    @Test
    void shouldCopyBetweenArraysAndMemory() {
        try (NativeBytes from = NativeBytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
                NativeBytes to = NativeBytes.of(new byte[8])) {
            Memory.copy(from.address() + 1, to.address(), 3);
            assertThat(NativeBytes.read(to.address(), 4)).containsExactly(2, 3, 4, 0);
            assertThat(Memory.getLongLittleEndian(from.address())).isEqualTo(0x0807060504030201L);
        }
    }

    @Test
    void shouldFindTheBytesOfADirectBuffer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).put(3, (byte) 42);
        assertThat(Memory.getByte(Memory.addressOf(buffer) + 3)).isEqualTo((byte) 42);
        assertThatIllegalArgumentException().isThrownBy(() -> Memory.addressOf(ByteBuffer.allocate(8)));
    }

    @Test
    void shouldGrowAnArrayOfLongsAndKeepItsContent() {
        try (LeakCheck leaks = new LeakCheck();
                LongArray array = LongArray.empty()) {
            for (long i = 0; i < 1000; i++) {
                array.growTo(i + 1);
                array.set(i, i);
            }
            List<Long> read = LongStream.range(0, 1000).map(array::get).boxed().toList();
            assertThat(read).isEqualTo(LongStream.range(0, 1000).boxed().toList());
            try (LongArray heir = array.detach()) {
                assertThat(heir.get(999)).isEqualTo(999);
                assertThat(array.length()).isZero();
            }
        }
    }

    @Test
    void shouldCountOccurrencesOfAnyHashWhileTheTableGrows() {
        try (LeakCheck leaks = new LeakCheck();
                HashCounts table = new HashCounts(1)) {
            for (int round = 0; round < 3; round++) {
                for (long hash = 0; hash < 10_000; hash++) {
                    assertThat(table.increment(hash << 5)).isEqualTo(round);
                }
            }
            table.clear();
            assertThat(table.increment(0)).isZero();
        }
    }

    @Test
    void shouldCopyWhatIsShortAndNothingElse() {
        int room = 100;
        byte[] before = new byte[3 * room];
        for (int i = 0; i < before.length; i++) {
            before[i] = (byte) (i * 31 + 7);
        }
        for (int length = 0; length < room; length++) {
            try (NativeBytes memory = NativeBytes.of(before)) {
                Memory.copyShort(memory.address() + 3, memory.address() + room + 5, length);
                byte[] expected = before.clone();
                System.arraycopy(before, 3, expected, room + 5, length);
                assertThat(NativeBytes.read(memory.address(), before.length)).isEqualTo(expected);
            }
        }
    }
}
