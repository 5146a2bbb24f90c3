package io.decant.offload.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlockFileLimitsTest {

    /** Of the journal, with the headers of its blocks. */
    private static final int ENTRY_BYTES_MAX = 1 << 20;

    private static final long ENTRIES_MAX = 8_000_000;

    @Test
    void shouldBeAsLargeAsTheFilesystemsBlocksWithinReason() {
        assertThat(BlockFileLimits.forBlocksOf(64L << 20).bytes()).isEqualTo(64L << 20);
        assertThat(BlockFileLimits.forBlocksOf(1L << 20).bytes()).isEqualTo(BlockFileLimits.BYTES_MIN);
        assertThat(BlockFileLimits.forBlocksOf(1L << 30).bytes()).isEqualTo(BlockFileLimits.BYTES_DEFAULT);
    }

    /** Files begin where they should, as far as whole entries allow. */
    @Property(tries = 200)
    void shouldBecomeAsManyFilesAsForetoldAndNoneTooLarge(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 300) int batchMebibytes,
            @ForAll @IntRange(min = 1, max = 200) int blockMebibytes,
            @ForAll @IntRange(min = 1, max = ENTRY_BYTES_MAX) int entryBytesMax) {
        Random random = new Random(seed);
        BlockFileLimits limits = BlockFileLimits.forBlocksOf((long) blockMebibytes << 20);
        // Of tiny entries no more than make a few files.
        long batch = Math.min(((long) batchMebibytes << 20) - random.nextInt(1 << 20), entryBytesMax * ENTRIES_MAX);
        long files = 0;
        for (long written = 0; written < batch; files++) {
            long start = written;
            long end = limits.endOfFile(written, batch);
            while (written < Math.min(end, batch)) {
                int entry = 1 + entryBytesMax / 2 + random.nextInt((entryBytesMax + 1) / 2);
                written += Math.min(batch - written, Math.min(entry, ENTRY_BYTES_MAX));
            }
            assertThat(written - start)
                    .isLessThanOrEqualTo(limits.bytes() + ENTRY_BYTES_MAX)
                    .isLessThanOrEqualTo(limits.ofBatchFile().bytes());
        }
        assertThat(files).isEqualTo(limits.files(batch));
    }
}
