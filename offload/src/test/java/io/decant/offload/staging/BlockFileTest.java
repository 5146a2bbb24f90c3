package io.decant.offload.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlockFileTest {

    private static final BlockFileLimits LIMITS = new BlockFileLimits(100, 5);

    @Test
    void shouldComeBackAsItWasWritten() throws IOException {
        List<StagedBlock> blocks = List.of(
                new StagedBlock("logs", "127.0.0.1:4711", 7, 1_763_690_400_123L, 2, false),
                new StagedBlock("kl\u00e4nge", "topic-\u20ac-3", Long.MAX_VALUE - 9, 0, 1, true));
        byte[] file = write(blocks);
        List<StagedBlock> read = new ArrayList<>();
        List<String> payloads = new ArrayList<>();
        long memory = Memory.allocatedBytes();
        try (StagedSegment segment = StagedSegment.read(new ByteArrayInputStream(file), describe(blocks))) {
            segment.forEachBlock(block -> {
                read.add(new StagedBlock(
                        block.source(),
                        block.stream(),
                        block.first(),
                        block.arrivalMillis(),
                        block.records(),
                        block.framed()));
                byte[] payload = new byte[block.payloadBytes()];
                Memory.copyToArray(block.payloadAddress(), payload, 0, payload.length);
                payloads.add(new String(payload, StandardCharsets.UTF_8));
            });
        }
        assertThat(read).isEqualTo(blocks);
        assertThat(payloads).containsExactly("payload of 2", "payload of 1");
        assertThat(Memory.allocatedBytes()).isEqualTo(memory);
    }

    @Property(tries = 100)
    void shouldNoticeEveryByteThatChanged(@ForAll @IntRange(max = 10_000) int place) throws IOException {
        List<StagedBlock> blocks = List.of(new StagedBlock("logs", "s", 7, 5, 2, false));
        byte[] file = write(blocks);
        file[place % file.length] ^= 4;
        long memory = Memory.allocatedBytes();
        assertThatThrownBy(() -> StagedSegment.read(new ByteArrayInputStream(file), describe(blocks)))
                .isInstanceOf(StagingFormatException.class);
        assertThat(Memory.allocatedBytes()).isEqualTo(memory);
    }

    @Test
    void shouldNoticeThatAFileIsCutOff() throws IOException {
        List<StagedBlock> blocks = List.of(new StagedBlock("logs", "s", 7, 5, 2, false));
        byte[] file = write(blocks);
        assertThatThrownBy(
                        () -> StagedSegment.read(new ByteArrayInputStream(file, 0, file.length - 1), describe(blocks)))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void shouldHaveRoomForAnyFirstBlockAndThenWithinLimits() throws IOException {
        BlockFileWriter writer = new BlockFileWriter("blocks-00000", new ByteArrayOutputStream());
        assertThat(writer.hasRoomFor(1000, 1 << 20, LIMITS)).isTrue();
        writer.append(new StagedBlock("logs", "s", 0, 0, 3, false), ByteBuffer.allocate(10));
        assertThat(writer.hasRoomFor(2, 10, LIMITS)).isTrue();
        assertThat(writer.hasRoomFor(3, 10, LIMITS)).isFalse();
        assertThat(writer.hasRoomFor(2, 90, LIMITS)).isFalse();
    }

    @Test
    void shouldDescribeABatchInItsJson() throws IOException {
        StagedBatch batch = new StagedBatch(
                7,
                "edge \"1\"",
                "1a2b3c4d",
                1,
                2,
                "json:/a\u00e9",
                "dlq",
                Long.MIN_VALUE,
                Map.of(),
                List.of(new StagedFile("blocks-00000", 1L << 40, 3, 2, -1)));
        assertThat(StagedBatch.fromJson(batch.toJson())).isEqualTo(batch);
        assertThatThrownBy(() -> StagedBatch.fromJson(batch.toJson().replace("\"format\":1", "\"format\":3")))
                .isInstanceOf(StagingFormatException.class)
                .hasMessageContaining("2");
    }

    private static byte[] write(List<StagedBlock> blocks) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(blocks, out);
        return out.toByteArray();
    }

    private static StagedFile describe(List<StagedBlock> blocks) throws IOException {
        return write(blocks, new ByteArrayOutputStream());
    }

    private static StagedFile write(List<StagedBlock> blocks, ByteArrayOutputStream out) throws IOException {
        BlockFileWriter writer = new BlockFileWriter("blocks-00000", out);
        for (StagedBlock block : blocks) {
            ByteBuffer payload = ByteBuffer.wrap(("payload of " + block.records()).getBytes(StandardCharsets.UTF_8));
            writer.append(block, payload);
        }
        return writer.finish();
    }
}
