package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.stage.Stage;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes in beyond {@code journal.max-backlog}, one turn of the writer at a time. */
class BacklogBoundTest {

    private static final StreamId STREAM = new StreamId("logs", "client", false);
    private static final int BLOCK_BYTES = LetterReplayWorld.LIMITS.bytesMax();
    private static final String RECORD = "x".repeat(BLOCK_BYTES - 1) + "\n";

    /** An entry's header and padding, and the checkpoint at the head of the segment. */
    private static final int FRAMING_BYTES = 2 << 10;

    private final LetterReplayWorld world;
    private long sent;

    BacklogBoundTest(@TempDir Path temp) {
        world = new LetterReplayWorld(temp);
        world.backlogBytesMax = 2L * BLOCK_BYTES;
    }

    @BeforeEach
    void open() {
        world.open();
        world.settle();
    }

    @AfterEach
    void close() {
        world.crash();
    }

    @Test
    void shouldLookAtTheBacklogAfterEachEntryHoweverMuchWaits() {
        for (int i = 0; i < 7; i++) {
            send();
        }
        long before = world.pipeline.positions().appended();
        writer().work(world.nowNanos);
        assertThat(world.pipeline.pauseReason()).isEqualTo(PauseReason.BACKLOG);
        assertThat(world.pipeline.positions().appended() - before)
                .isBetween((long) BLOCK_BYTES, world.backlogBytesMax + BLOCK_BYTES + FRAMING_BYTES);
    }

    private Stage writer() {
        return world.pipeline.stages().stream()
                .filter(WriterStage.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private void send() {
        Block block = new Block(STREAM, sent++, 1, 0, Unpooled.copiedBuffer(RECORD, US_ASCII), synced -> {});
        assertThat(world.pipeline.intake().offer(block)).isTrue();
    }
}
