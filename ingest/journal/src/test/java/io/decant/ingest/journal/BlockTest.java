package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Blocks in two, where a batch ends. */
class BlockTest {

    private static final StreamId PARTITION = new StreamId("clicks", "clicks-0", true);
    private static final UUID TOPIC = new UUID(1, 2);
    private static final long CONTROL_RECORDS = 4;

    @Example
    void shouldCutLinesInTwoWhereABatchEnds() {
        ByteBuf payload = Unpooled.copiedBuffer("one\ntwo\n\nfour\n", UTF_8);
        Block block = new Block(new StreamId("lines", "s", true), 10, 4, 0, payload, synced -> {});
        Block[] halves = block.splitAfter(2);
        assertThat(halves[0].payload().toString(UTF_8)).isEqualTo("one\ntwo\n");
        assertThat(halves[0].next()).isEqualTo(12);
        assertThat(halves[1].payload().toString(UTF_8)).isEqualTo("\nfour\n");
        assertThat(halves[1].first()).isEqualTo(12);
        halves[0].release();
        halves[1].release();
        assertThat(payload.refCnt()).isZero();
    }

    /** Wherever a batch ends, each half knows where its stream goes on behind it. */
    @Property(tries = 300)
    void shouldCutFramesInTwoWhereABatchEnds(
            @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 1, max = 9) Integer> offsetSteps,
            @ForAll int where,
            @ForAll boolean composite) {
        List<Long> offsets = new ArrayList<>();
        List<ByteBuf> frames = new ArrayList<>();
        long offset = 100;
        for (int step : offsetSteps) {
            offset += step;
            offsets.add(offset);
            byte[] value = step == 1 ? null : "\n".repeat(step).getBytes(UTF_8);
            frames.add(Unpooled.wrappedBuffer(FrameBytes.of(offset, 0, "k", value)));
        }
        // The first bytes of a buffer need not be the block's.
        ByteBuf payload = composite
                ? Unpooled.wrappedBuffer(frames.toArray(ByteBuf[]::new))
                : Unpooled.copiedBuffer(frames.toArray(ByteBuf[]::new));
        long resumeOffset = offset + 1 + CONTROL_RECORDS;
        Block block = Block.framed(PARTITION, 7, offsets.size(), 3, payload, resumeOffset, TOPIC, synced -> {});
        int count = 1 + Math.floorMod(where, offsets.size() - 1);

        Block[] halves = block.splitAfter(count);

        assertThat(halves[0].records()).isEqualTo(count);
        assertThat(halves[0].first()).isEqualTo(7);
        assertThat(halves[0].resumeOffset()).isEqualTo(offsets.get(count - 1) + 1);
        assertThat(halves[1].records()).isEqualTo(offsets.size() - count);
        assertThat(halves[1].first()).isEqualTo(7 + count);
        assertThat(halves[1].resumeOffset()).isEqualTo(resumeOffset);
        List<String> values = new ArrayList<>();
        for (Block half : halves) {
            assertThat(half.isFramed()).isTrue();
            assertThat(half.topicId()).isEqualTo(TOPIC);
            byte[] bytes = new byte[half.bytes()];
            half.payload().getBytes(half.payload().readerIndex(), bytes);
            values.addAll(FrameBytes.values(bytes));
            half.release();
        }
        assertThat(values)
                .isEqualTo(offsetSteps.stream()
                        .map(step -> step == 1 ? null : "\n".repeat(step))
                        .toList());
        assertThat(payload.refCnt()).isZero();
    }

    /** What a replay of dead letters hands in has no offset to resume at, in either half. */
    @Example
    void shouldInventNoOffset() {
        ByteBuf payload =
                Unpooled.wrappedBuffer(FrameBytes.of(8, 0, null, new byte[1]), FrameBytes.of(5, 0, null, new byte[1]));
        Block block =
                Block.framed(PARTITION, 0, 2, 3, payload, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC, synced -> {});
        for (Block half : block.splitAfter(1)) {
            assertThat(half.resumeOffset()).isEqualTo(ResumePoint.NO_OFFSET);
            half.release();
        }
    }

    @Example
    void shouldRefuseFewerBytesThanFramesNeed() {
        ByteBuf payload = Unpooled.wrappedBuffer(FrameBytes.of(8, 0, null, new byte[1]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Block.framed(PARTITION, 0, 2, 3, payload, 9, TOPIC, synced -> {}));
    }
}
