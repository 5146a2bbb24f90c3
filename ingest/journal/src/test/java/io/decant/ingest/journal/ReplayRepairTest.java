package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repairs of a journal in which a batch for a single sink stands between two for both. */
class ReplayRepairTest {

    private static final long SEGMENT_BYTES = ChronicleSegmentStore.SEGMENT_BYTES_MIN;
    private static final SinkShape API = new SinkShape("api", "http", "lines", 100, 4096);
    private static final SinkShape SLOW = new SinkShape("slow", "http", "lines", 9, 99);
    private static final StreamId LOGS = new StreamId("logs", "peer", false);
    private static final StreamId AGAIN = Recipients.replayStream("api", "plan");

    /** A batch of the repaired journal. */
    private record Batch(String records, List<String> sinks) {}

    @TempDir
    Path dataDir;

    private final List<Long> cutAt = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        JournalId.write(dataDir, SmallJournal.JOURNAL_ID);
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
            Positions positions = new Positions(0, 0, 0);
            Syncer syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
            store.prepare();
            JournalWriter writer = new JournalWriter(
                    store,
                    new JournalView(new SegmentTable(store), SmallJournal.JOURNAL_ID),
                    new JournalState(),
                    positions,
                    1,
                    GroupLimits.measured(1 << 20),
                    syncer::submit,
                    (stream, position) -> false);
            writer.append(new Mark("api", 0, 0, 0, 0));
            writer.append(new Mark("slow", 0, 0, 0, 0));
            append(writer, positions, block(LOGS, 0, "a"), List.of(API, SLOW));
            append(writer, positions, block(AGAIN, 0, "x"), List.of(API));
            append(writer, positions, block(LOGS, 1, "b"), List.of(API, SLOW));
            while (syncer.work(0)) {
                positions.check();
            }
            // So that every entry above knows that it is before something synced.
            writer.append(new Mark("api", 1, writer.state().cutEnd(), 0, 0));
            while (syncer.work(0)) {
                positions.check();
            }
        }
    }

    private void append(JournalWriter writer, Positions positions, Block block, List<SinkShape> sinks) {
        writer.append(List.of(block));
        cutAt.add(positions.appended());
        JournalState state = writer.state();
        writer.append(new Cut(
                state.lastBatch() + 1,
                0,
                1000,
                state.cutEnd(),
                state.uncutRecords(),
                state.uncutBytes(),
                new Shape("test", "record", "record", 1, sinks)));
    }

    private static Block block(StreamId stream, long first, String record) {
        return new Block(
                stream, first, 1, 1_000, Unpooled.wrappedBuffer((record + "\n").getBytes(UTF_8)), synced -> {});
    }

    @Test
    void shouldGiveRecordsForEverySinkToABatchForEverySink() throws IOException {
        damageCut(0);
        assertThat(repaired()).containsExactly(new Batch("a x b", List.of("api", "slow")));
    }

    @Test
    void shouldSendWhatARepairPutTogetherToEverySink() throws IOException {
        damageCut(1);
        assertThat(repaired())
                .containsExactly(new Batch("a", List.of("api", "slow")), new Batch("x b", List.of("api", "slow")));
    }

    @Test
    void shouldLeaveAReplayWholeWhereItsOwnCutIs() throws IOException {
        damageCut(2);
        assertThat(repaired()).containsExactly(new Batch("a", List.of("api", "slow")), new Batch("x", List.of("api")));
        assertThat(JournalAudit.of(dataDir).uncutRecords()).isEqualTo(1);
    }

    /** Damages the entry of a cut, past the header of its document. */
    private void damageCut(int index) throws IOException {
        Path file = new SegmentFiles(dataDir).files().get(0);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer noise = ByteBuffer.allocate(40);
            new Random(1).nextBytes(noise.array());
            channel.write(noise, cutAt.get(index) + 2 * Integer.BYTES);
        }
    }

    private List<Batch> repaired() throws IOException {
        assertThat(JournalAudit.of(dataDir).isHealthy()).isFalse();
        JournalRepair.repair(dataDir, SEGMENT_BYTES, new Random(9));
        List<Batch> batches = new ArrayList<>();
        int id = JournalId.read(JournalId.file(dataDir));
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, SEGMENT_BYTES)) {
            JournalRecovery.Recovered recovered = new JournalRecovery(store, id).recover();
            SegmentTable segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            long from = recovered.bases().firstEntry().getValue();
            try (JournalReader reader = new JournalReader(segments, id, from)) {
                while (reader.position() < recovered.state().cutEnd()) {
                    batches.add(batch(reader, recovered.end()));
                }
            }
        }
        return batches;
    }

    private static Batch batch(JournalReader reader, long limit) {
        List<String> records = new ArrayList<>();
        Cut cut = reader.readBatch(limit, (address, bytes, count, position, framed) -> {
            byte[] text = new byte[bytes];
            Memory.copyToArray(address, text, 0, bytes);
            records.add(new String(text, UTF_8).strip());
        });
        return new Batch(
                String.join(" ", records),
                cut.shape().sinks().stream().map(SinkShape::name).toList());
    }
}
