package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.BlockOwner;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.journal.StreamId;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer makes of blocks that go out again: batches of their own, for the sinks that they are for. */
class ReplayBatchTest {

    private static final int JOURNAL_ID = 7;
    private static final BlockOwner NOBODY = block -> {};
    private static final StreamId LOGS = new StreamId("logs", "peer", false);
    private static final StreamId TO_API = Recipients.replayStream("api", "plan-1");
    private static final StreamId TO_ARCHIVE = Recipients.replayStream("archive", "plan-1");
    private static final StreamId TO_ALL = Recipients.replayStream("", "plan-1");

    /** A batch as the journal holds it: its records and the sinks that it is for. */
    private record Batch(long number, String records, List<String> sinks) {}

    @TempDir
    Path temp;

    private Pipeline pipeline;
    private final long nowNanos = 1;
    private long backlogBytesMax = Long.MAX_VALUE;

    @AfterEach
    void close() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @Test
    void shouldCutAReplayApartFromWhatComesBeforeAndAfterIt() throws IOException {
        open();
        take(LOGS, 0, "a", "b");
        settle();
        replay(TO_API, 0, "x", "y");
        take(LOGS, 2, "c");
        settle();
        stop();
        assertThat(batches())
                .containsExactly(
                        new Batch(1, "a b", List.of("api", "archive")),
                        new Batch(2, "x y", List.of("api")),
                        new Batch(3, "c", List.of("api", "archive")));
    }

    @Test
    void shouldCutAReplayAtOnceAndNotAtTheEndOfTheWindow() {
        open();
        replay(TO_API, 0, "x");
        assertThat(pipeline.writerStage().replays().isFree()).isFalse();
        settle();
        assertThat(pipeline.writerStage().replays().isFree()).isTrue();
        assertThat(pipeline.writerStage().replays().made()).isEqualTo(new ReplaySlot.Made(1, 1));
        assertThat(pipeline.writerStage().uncut().records()).isZero();
    }

    @Test
    void shouldTakeOneReplayAfterTheOther() throws IOException {
        open();
        replay(TO_API, 0, "x");
        assertThat(pipeline.writerStage().replays().offer(List.of(block(TO_API, 1, "early"))))
                .isFalse();
        settle();
        replay(TO_API, 1, "y");
        settle();
        replay(TO_ARCHIVE, 0, "z");
        settle();
        replay(TO_ALL, 0, "k");
        settle();
        stop();
        assertThat(batches())
                .containsExactly(
                        new Batch(1, "x", List.of("api")),
                        new Batch(2, "y", List.of("api")),
                        new Batch(3, "z", List.of("archive")),
                        new Batch(4, "k", List.of("api", "archive")));
    }

    @Test
    void shouldNotMixRecordsForEverySinkWithThoseOfTheSources() throws IOException {
        open();
        take(LOGS, 0, "a");
        settle();
        replay(TO_ALL, 0, "k");
        take(LOGS, 1, "b");
        settle();
        stop();
        assertThat(batches()).extracting(Batch::records).containsExactly("a", "k", "b");
    }

    @Test
    void shouldKeepTheLimitOfABatchInAReplay() throws IOException {
        open("batch.max-records=2");
        pipeline.writerStage().replays().offer(List.of(block(TO_API, 0, "x", "y", "z"), block(TO_API, 3, "u", "v")));
        take(LOGS, 0, "a");
        settle();
        stop();
        assertThat(batches()).extracting(Batch::records).containsExactly("x y", "z u", "v", "a");
    }

    @Test
    void shouldCutWhatACrashLeftUncutForTheSameSink() throws IOException {
        open();
        take(LOGS, 0, "a");
        settle();
        replay(TO_API, 0, "x", "y");
        append();
        crash();
        open();
        take(LOGS, 0, "b");
        settle();
        assertThat(pipeline.keptStreams(TO_API.source()).get("plan-1").next()).isEqualTo(2);
        stop();
        assertThat(batches())
                .containsExactly(
                        new Batch(1, "a", List.of("api", "archive")),
                        new Batch(2, "x y", List.of("api")),
                        new Batch(3, "b", List.of("api", "archive")));
    }

    @Test
    void shouldNotLoseUncutRecordsOfASinkThatIsGone() throws IOException {
        open();
        replay(TO_API, 0, "x");
        append();
        crash();
        JournalState journal = recovered();
        assertThatThrownBy(() -> GoneSinks.of(journal, Set.of("archive"), Set.of()))
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("'api'", "1 dead letters", "--forget-sink api");
        assertThat(GoneSinks.of(journal, Set.of("archive"), Set.of("api"))).containsExactly("api");
        assertThat(GoneSinks.of(journal, Set.of("api"), Set.of())).containsExactly("archive");
    }

    @Test
    void shouldHoldAReplayBackWhileTheBacklogIsFull() {
        backlogBytesMax = 1_000;
        open();
        take(LOGS, 0, "x".repeat(2_000));
        settle();
        assertThat(pipeline.pressure()).isEqualTo(Pressure.BACKLOG);
        replay(TO_API, 0, "y");
        settle();
        assertThat(pipeline.writerStage().replays().isFree()).isFalse();
    }

    private void open(String... sets) {
        Settings settings = settings(sets);
        try {
            pipeline = new Pipeline(
                    settings,
                    store(),
                    JOURNAL_ID,
                    settings.sinks().keySet().stream().map(StuckSink::new).toList(),
                    Set.of(),
                    new Pipeline.World(
                            InstantSource.system(),
                            new Random(1),
                            1,
                            Runnable::run,
                            GroupLimits.measured(Pipeline.blockBytesMax(settings)),
                            backlogBytesMax),
                    nowNanos);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Settings settings(String... sets) {
        String yaml = """
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                data-dir: .
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 1h}
                sinks:
                  api: {type: http, url: "http://127.0.0.1:1/"}
                  archive: {type: http, url: "http://127.0.0.1:1/"}
                """;
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(sets), Map.of());
    }

    private ChronicleSegmentStore store() throws IOException {
        return new ChronicleSegmentStore(temp, 8 << 20);
    }

    /** Lets every stage work until none has anything to do. */
    private void settle() {
        boolean worked = true;
        while (worked) {
            worked = false;
            for (Stage stage : pipeline.stages()) {
                worked |= stage.work(nowNanos);
            }
            pipeline.positions().check();
        }
    }

    /** One turn of the writer, and a sync: what it took is appended, and nothing of it is cut. */
    private void append() {
        pipeline.stages().get(0).work(nowNanos);
        pipeline.stages().get(1).work(nowNanos);
        assertThat(pipeline.writerStage().uncut().records()).isPositive();
        assertThat(pipeline.positions().synced()).isEqualTo(pipeline.positions().appended());
    }

    private void stop() {
        pipeline.cutAll();
        settle();
        crash();
    }

    private void crash() {
        pipeline.close();
        pipeline = null;
    }

    private JournalState recovered() throws IOException {
        try (ChronicleSegmentStore store = store()) {
            return new JournalRecovery(store, JOURNAL_ID).recover().state();
        }
    }

    private List<Batch> batches() throws IOException {
        List<Batch> batches = new ArrayList<>();
        try (ChronicleSegmentStore store = store()) {
            JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
            SegmentTable segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            try (JournalReader reader = new JournalReader(segments, JOURNAL_ID, 0)) {
                while (reader.position() < recovered.state().cutEnd()) {
                    List<String> records = new ArrayList<>();
                    Cut cut = reader.readBatch(
                            recovered.end(),
                            (address, bytes, count, position) -> records.addAll(lines(address, bytes)));
                    batches.add(new Batch(
                            cut.batch(),
                            String.join(" ", records),
                            cut.shape().sinks().stream().map(SinkShape::name).toList()));
                }
            }
        }
        return batches;
    }

    private static List<String> lines(long address, int bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            text.append((char) Memory.getByte(address + i));
        }
        return text.toString().lines().toList();
    }

    private void take(StreamId stream, long first, String... records) {
        pipeline.intake().offer(block(stream, first, records));
    }

    private void replay(StreamId stream, long first, String... records) {
        assertThat(pipeline.writerStage().replays().offer(List.of(block(stream, first, records))))
                .isTrue();
    }

    private static Block block(StreamId stream, long first, String... records) {
        byte[] payload = (String.join("\n", records) + "\n").getBytes(UTF_8);
        return new Block(stream, first, records.length, 1, Unpooled.wrappedBuffer(payload), NOBODY);
    }
}
