package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.pipeline.LetterReplayWorld.Batch;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer makes of blocks that go out again: batches of their own, for the sinks that they are for. */
class LetterReplayBatchTest {

    private static final BlockOwner NOBODY = block -> {};
    private static final StreamId LOGS = new StreamId("logs", "peer", false);
    private static final StreamId TO_API = Recipients.replayStream("api", "plan-1");
    private static final StreamId TO_ARCHIVE = Recipients.replayStream("archive", "plan-1");
    private static final StreamId TO_ALL = Recipients.replayStream("", "plan-1");

    @TempDir
    Path temp;

    private LetterReplayWorld world;

    @BeforeEach
    void make() {
        world = new LetterReplayWorld(temp);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldCutAReplayApartFromWhatComesBeforeAndAfterIt() throws IOException {
        world.open();
        take(LOGS, 0, "a", "b");
        world.settle();
        replay(TO_API, 0, "x", "y");
        take(LOGS, 2, "c");
        world.settle();
        world.stop();
        assertThat(world.batches())
                .containsExactly(
                        new Batch(1, "a b", List.of("api", "archive")),
                        new Batch(2, "x y", List.of("api")),
                        new Batch(3, "c", List.of("api", "archive")));
    }

    @Test
    void shouldCutAReplayAtOnceAndNotAtTheEndOfTheWindow() {
        world.open();
        replay(TO_API, 0, "x");
        assertThat(world.pipeline.letterReplaySlot().isFree()).isFalse();
        world.settle();
        assertThat(world.pipeline.letterReplaySlot().isFree()).isTrue();
        assertThat(world.pipeline.letterReplaySlot().batches()).isEqualTo(1);
        assertThat(world.pipeline.writerStage().uncut().records()).isZero();
    }

    @Test
    void shouldTakeOneReplayAfterTheOther() throws IOException {
        world.open();
        replay(TO_API, 0, "x");
        assertThat(world.pipeline.letterReplaySlot().offer(List.of(block(TO_API, 1, "early"))))
                .isFalse();
        world.settle();
        replay(TO_API, 1, "y");
        world.settle();
        replay(TO_ARCHIVE, 0, "z");
        world.settle();
        replay(TO_ALL, 0, "k");
        world.settle();
        world.stop();
        assertThat(world.batches())
                .containsExactly(
                        new Batch(1, "x", List.of("api")),
                        new Batch(2, "y", List.of("api")),
                        new Batch(3, "z", List.of("archive")),
                        new Batch(4, "k", List.of("api", "archive")));
    }

    @Test
    void shouldNotMixRecordsForEverySinkWithThoseOfTheSources() throws IOException {
        world.open();
        take(LOGS, 0, "a");
        world.settle();
        replay(TO_ALL, 0, "k");
        take(LOGS, 1, "b");
        world.settle();
        world.stop();
        assertThat(world.batches()).extracting(Batch::records).containsExactly("a", "k", "b");
    }

    @Test
    void shouldKeepTheLimitOfABatchInAReplay() throws IOException {
        world.open("batch.max-records=2");
        world.pipeline.letterReplaySlot().offer(List.of(block(TO_API, 0, "x", "y", "z"), block(TO_API, 3, "u", "v")));
        take(LOGS, 0, "a");
        world.settle();
        world.stop();
        assertThat(world.batches()).extracting(Batch::records).containsExactly("x y", "z u", "v", "a");
    }

    @Test
    void shouldCutWhatACrashLeftUncutForTheSameSink() throws IOException {
        world.open();
        take(LOGS, 0, "a");
        world.settle();
        replay(TO_API, 0, "x", "y");
        append();
        world.crash();
        world.open();
        take(LOGS, 0, "b");
        world.settle();
        assertThat(world.pipeline.keptStreams(TO_API.source()).get("plan-1").next())
                .isEqualTo(2);
        world.stop();
        assertThat(world.batches())
                .containsExactly(
                        new Batch(1, "a", List.of("api", "archive")),
                        new Batch(2, "x y", List.of("api")),
                        new Batch(3, "b", List.of("api", "archive")));
    }

    @Test
    void shouldNotLoseUncutRecordsOfASinkThatIsGone() throws IOException {
        world.open();
        replay(TO_API, 0, "x");
        append();
        world.crash();
        JournalState journal = world.recovered();
        assertThatThrownBy(() -> RemovedSinks.of(journal, Set.of("archive"), Set.of()))
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("'api'", "1 undelivered dead letters", "--forget-sink api");
        assertThat(RemovedSinks.of(journal, Set.of("archive"), Set.of("api"))).containsExactly("api");
        assertThat(RemovedSinks.of(journal, Set.of("api"), Set.of())).containsExactly("archive");
    }

    private void take(StreamId stream, long first, String... records) {
        world.pipeline.intake().offer(block(stream, first, records));
    }

    private void replay(StreamId stream, long first, String... records) {
        assertThat(world.pipeline.letterReplaySlot().offer(List.of(block(stream, first, records))))
                .isTrue();
    }

    private static Block block(StreamId stream, long first, String... records) {
        byte[] payload = (String.join("\n", records) + "\n").getBytes(UTF_8);
        return new Block(stream, first, records.length, 1, Unpooled.wrappedBuffer(payload), NOBODY);
    }

    /** One turn of the writer, and a sync: what it took is appended, and nothing of it is cut. */
    private void append() {
        world.pipeline.stages().get(0).work(world.nowNanos);
        world.pipeline.stages().get(1).work(world.nowNanos);
        assertThat(world.pipeline.writerStage().uncut().records()).isPositive();
        assertThat(world.pipeline.positions().synced())
                .isEqualTo(world.pipeline.positions().appended());
    }
}
