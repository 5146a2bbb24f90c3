package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentFilesTest {

    private static final int LENGTH = 41;
    private static final int OFFSET = 3;
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void shouldKeepATailUpToItsLastByteThatIsNotZeroWhereverThatIs() throws IOException {
        SegmentFiles files = new SegmentFiles(folder);
        for (int last = 0; last < LENGTH; last++) {
            Path segment = segment(last, LENGTH);

            String kept = files.keepTail(1, segment, OFFSET);

            if (last < OFFSET) {
                assertThat(kept).isEmpty();
            } else {
                byte[] whole = Files.readAllBytes(segment);
                assertThat(Path.of(kept)).hasBinaryContent(Arrays.copyOfRange(whole, OFFSET, last + 1));
            }
        }
    }

    @Test
    void shouldCutOffZerosWhateverTheLengthOfTheFile() throws IOException {
        for (int length = OFFSET; length < LENGTH; length++) {
            for (int last = 0; last < length; last++) {
                Path segment = segment(last, length);

                SegmentFiles.cutOffZeros(segment, OFFSET);

                assertThat(segment).as("%d of %d bytes", last + 1, length).hasSize(Math.max(OFFSET, last + 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, OFFSET, MIB - 1, MIB, MIB + OFFSET - 1, MIB + OFFSET, 2 * MIB - 1, 2 * MIB + 4, 2 * MIB + 8})
    void shouldFindTheLastByteInFilesThatAreReadInPieces(int last) throws IOException {
        Path segment = segment(last, 2 * MIB + 9);

        SegmentFiles.cutOffZeros(segment, OFFSET);

        assertThat(segment).hasSize(Math.max(OFFSET, last + 1));
    }

    /** All zeros but for one byte. */
    private Path segment(int last, int length) throws IOException {
        byte[] bytes = new byte[length];
        bytes[last] = 1;
        return Files.write(folder.resolve("segment"), bytes);
    }
}
