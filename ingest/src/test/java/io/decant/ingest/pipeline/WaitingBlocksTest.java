package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.deadletter.replay.LetterReplaySlot;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.stage.StageWaker;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitingBlocksTest {

    private static final StreamId STREAM = new StreamId("shop", "orders", true);

    private final HandOff handOff = new HandOff(() -> {}, 10);
    private final WaitingBlocks waiting = new WaitingBlocks(
            handOff,
            new LetterReplaySlot(new StageWaker(), new StageWaker()),
            new GroupLimits(8, 1 << 10, 1 << 10, 1 << 20, 0));

    private static Block block(long first, int records) {
        return new Block(
                STREAM,
                first,
                records,
                1,
                Unpooled.buffer().writeBytes("\n".repeat(records).getBytes(UTF_8)),
                synced -> {});
    }

    private void offer(Block block) {
        assertThat(handOff.offer(block)).isTrue();
    }

    private List<Integer> gather(long recordsLeft, boolean batchIsEmpty) {
        List<Block> group = waiting.gather(recordsLeft, batchIsEmpty);
        List<Integer> records = group.stream().map(Block::records).toList();
        group.forEach(Block::release);
        return records;
    }

    @AfterEach
    void close() {
        waiting.close();
    }

    @Test
    void shouldCutABlockInTwoWhereTheBatchEnds() {
        offer(block(0, 10));
        assertThat(gather(4, false)).containsExactly(4);
        assertThat(gather(100, true)).containsExactly(6);
    }

    @Test
    void shouldHaveTheBatchCutBeforeABlockWithACursor() {
        offer(block(0, 3));
        offer(block(3, 10).withCursor(OpaqueBytes.of((byte) 1)));
        assertThat(gather(5, true)).containsExactly(3);
        assertThat(waiting.needsNextBatch(2)).isTrue();
        assertThat(gather(2, false)).isEmpty();
        assertThat(waiting.needsNextBatch(2)).isTrue();
        assertThat(waiting.needsNextBatch(10)).isFalse();
        assertThat(gather(10, true)).containsExactly(10);
    }

    @Test
    void shouldTakeABlockWithACursorWholeHoweverSmallABatchMayBe() {
        offer(block(0, 10).withCursor(OpaqueBytes.of((byte) 1)));
        assertThat(gather(5, true)).containsExactly(10);
        assertThat(waiting.isEmpty()).isTrue();
    }

    @Test
    void shouldCountCursorsAgainstTheLengthOfAnEntry() {
        offer(block(0, 10).withCursor(OpaqueBytes.of(new byte[600])));
        offer(block(10, 10).withCursor(OpaqueBytes.of(new byte[600])));
        assertThat(gather(100, true)).containsExactly(10);
        assertThat(gather(90, false)).containsExactly(10);
    }
}
