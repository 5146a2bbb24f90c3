package io.decant.offload.staging;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a staging directory whose checksum is good, and whose lengths are not. Found by fuzzing. */
class UnreadableFilesTest {

    private static final String RUN = "DCNTRUN1";

    private static byte[] blockFile(int payloadBytes, int sourceBytes) {
        return ByteBuffer.allocate(8 + 29 + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("DCNTBLK1".getBytes(ISO_8859_1))
                .putInt(payloadBytes)
                .putInt(1)
                .putLong(0)
                .putLong(0)
                .put((byte) 0)
                .putShort((short) sourceBytes)
                .putShort((short) 0)
                .put("abc\n".getBytes(ISO_8859_1))
                .array();
    }

    private static StagedSegment read(byte[] file) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(file);
        return StagedSegment.read(
                new ByteArrayInputStream(file),
                new StagedFile("blocks-00000", file.length, 1, 1, (int) crc.getValue()));
    }

    @Test
    void shouldReadABlockThatEndsWithItsFile() throws IOException {
        try (StagedSegment segment = read(blockFile(4, 0))) {
            segment.forEachBlock(block -> assertThat(block.payloadBytes()).isEqualTo(4));
        }
    }

    /** Read all the same, it would be memory of others, or the same block for ever. */
    @ParameterizedTest
    @ValueSource(ints = {-29, -1, 3, 5, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldRefuseABlockThatDoesNotEndWithItsFile(int payloadBytes) {
        long before = Memory.allocatedBytes();
        assertThatThrownBy(() -> read(blockFile(payloadBytes, 0)))
                .isInstanceOf(StagingFormatException.class)
                .hasMessageStartingWith("blocks-00000 has no whole block at offset ");
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 9, 0xFFFF})
    void shouldRefuseANameThatEndsBehindItsFile(int sourceBytes) {
        assertThatThrownBy(() -> read(blockFile(4, sourceBytes))).isInstanceOf(StagingFormatException.class);
    }

    private static RunHeader header(int bytes, int streams) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(16 + 10).order(ByteOrder.LITTLE_ENDIAN);
        file.put(RUN.getBytes(ISO_8859_1)).putInt(bytes).putInt(streams);
        return RunHeader.read(new ByteArrayInputStream(file.array()));
    }

    @Test
    void shouldTakeNoMemoryForAHeaderThatIsNotThere() throws IOException {
        assertThat(header(16, 0).streams()).isEmpty();
        assertThat(header(24, 2).streams()).hasSize(2);
        assertThatThrownBy(() -> header(Integer.MAX_VALUE, 1)).isInstanceOf(EOFException.class);
        for (int bytes : new int[] {15, 0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> header(bytes, 0)).isInstanceOf(StagingFormatException.class);
        }
        assertThatThrownBy(() -> header(20, 2)).isInstanceOf(StagingFormatException.class);
        assertThatThrownBy(() -> header(20, -1)).isInstanceOf(StagingFormatException.class);
    }

    @Test
    void shouldRefuseSizesThatNoBatchHas() {
        List<List<Long>> all =
                List.of(List.of(1L, 3L, 2L), List.of(5L, Long.MAX_VALUE), List.of(1L, 1L << 62, 3L, 1L << 62));
        for (List<Long> sizes : all) {
            assertThatThrownBy(() -> Multiplicities.fromList(sizes)).isInstanceOf(StagingFormatException.class);
        }
    }
}
