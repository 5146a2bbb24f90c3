package io.decant.ingest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.CheckpointRules;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.Format2Entries;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.ImportDone;
import io.decant.ingest.journal.ImportPlan;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.journal.Syncer;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A journal with all that only format 2 can say, over a disk that forgets what was not synced. After every crash it
 * knows what it knew behind some entry, all that was synced included.
 */
class Format2SimulationTest {

    private static final int JOURNAL_ID = 0x5EED;
    private static final int SEEDS = Integer.getInteger("decant.seeds", 300);
    private static final int STEPS = 250;
    private static final GroupLimits LIMITS = new GroupLimits(6, 4 << 10, 4 << 10, 32 << 10, 64 << 10);
    private static final StreamId STREAM = new StreamId("shop", "orders", true);
    private static final String SOURCE = "shop";
    private static final Shape PLAIN =
            new Shape("sim", "record", "record", 1, List.of(new SinkShape("api", "http", "lines", 100, 4096)));

    private static int crashes;
    private static int set;

    @Test
    void shouldKnowAfterACrashWhatItKnewBehindSomeEntry() throws IOException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Long only = Long.getLong("decant.seed");
            try {
                new World(only == null ? seed : only).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + (only == null ? seed : only) + " fails: " + e, e);
            }
        }
        assertThat(crashes).isGreaterThan(SEEDS);
        assertThat(set).isGreaterThan(SEEDS);
    }

    /** What the journal says of format 2's things. */
    private record Known(
            List<JournalState.StreamPosition> positions,
            List<Exclusion> exclusions,
            Optional<ImportPlan> plan,
            List<ImportDone> done,
            long lastBatch) {

        static Known of(JournalState state) {
            return new Known(
                    state.streams().values().stream()
                            .map(position -> new JournalState.StreamPosition(
                                    position.next(),
                                    position.lastSeenMillis(),
                                    position.resume(),
                                    0,
                                    position.cursor()))
                            .toList(),
                    state.exclusions(state.lastBatch()),
                    state.plan(SOURCE),
                    state.done(SOURCE),
                    state.lastBatch());
        }
    }

    private static final class World {
        private final Random random;
        private final SimulatedDisk disk;
        private final TreeMap<Long, Known> known = new TreeMap<>();
        private final Map<Long, Shape> shapes = new HashMap<>();
        private long servedMillis;
        private SimulatedStore store;
        private SegmentTable segments;
        private Positions positions;
        private Syncer syncer;
        private JournalWriter writer;

        World(long seed) {
            random = new Random(seed);
            disk = new SimulatedDisk(random);
        }

        void run() throws IOException {
            start();
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                    if (random.nextInt(60) == 0) {
                        disk.crashAfter(random.nextInt(12));
                    }
                } catch (SimulatedDisk.Crash e) {
                    crash();
                } catch (JournalException e) {
                    assertThat(e.kind()).isEqualTo(JournalException.Kind.FAILED);
                    crash();
                }
            }
        }

        private void crash() throws IOException {
            crashes++;
            long synced = positions.synced();
            disk.crash(random.nextInt(3) > 0);
            start();
            assertThat(positions.appended()).isGreaterThanOrEqualTo(synced);
        }

        private void start() throws IOException {
            store = new SimulatedStore(disk);
            JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
            JournalState state = recovered.state();
            if (known.floorEntry(recovered.end()) != null) {
                assertThat(Known.of(state))
                        .isEqualTo(known.floorEntry(recovered.end()).getValue());
            }
            assertThat(state.servedMillis()).isLessThanOrEqualTo(servedMillis);
            state.streams().values().forEach(position -> assertThat(position.seenServedMillis())
                    .isLessThanOrEqualTo(state.servedMillis()));
            known.tailMap(recovered.end(), false).clear();
            segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
            syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
            store.prepare();
            writer = new JournalWriter(
                    store,
                    new JournalView(segments, JOURNAL_ID),
                    state,
                    positions,
                    recovered.nextSegment(),
                    LIMITS,
                    syncer::submit,
                    new CheckpointRules() {
                        @Override
                        public boolean isForgotten(StreamId stream, JournalState.StreamPosition position) {
                            return false;
                        }

                        @Override
                        public long servedMillis() {
                            return servedMillis;
                        }
                    });
            if (state.marks().isEmpty()) {
                writer.append(new Mark("api", state.lastBatch(), state.cutEnd(), 0, 0));
            }
            known.put(positions.appended(), Known.of(state));
            readUndelivered(recovered.end());
        }

        /** What is cut and not delivered has the shape that it was cut with. */
        private void readUndelivered(long end) {
            JournalState state = writer.state();
            long batch = state.marks().get("api").batch();
            try (JournalReader reader = new JournalReader(segments, JOURNAL_ID, state.delivered())) {
                while (batch < state.lastBatch()) {
                    Cut cut = reader.readBatch(end, (address, bytes, records, position, framed) -> {});
                    assertThat(cut.batch()).isEqualTo(++batch);
                    assertThat(cut.shape()).isEqualTo(shapes.get(batch));
                }
            }
        }

        private void step() throws IOException {
            servedMillis += random.nextInt(1_000);
            if (!store.prepared()) {
                store.prepare();
            }
            JournalState state = writer.state();
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> append(state);
                case 3, 4 -> cut(state);
                case 5 -> exclude(state);
                case 6 -> importSomething();
                case 7 -> writer.noteServed();
                case 8 -> deliver(state);
                default -> syncer.work(0);
            }
            known.put(positions.appended(), Known.of(writer.state()));
            if (!writer.hasRoomForBlocks(5 << 10) || random.nextInt(8) == 0) {
                syncer.work(0);
            }
        }

        private void importSomething() {
            if (random.nextBoolean()) {
                Format2Entries.plan(writer, random.nextInt(100));
            } else {
                Format2Entries.done(writer, random.nextInt(100));
            }
        }

        private void append(JournalState state) {
            if (!writer.hasRoomForBlocks(5 << 10)) {
                return;
            }
            JournalState.StreamPosition before = state.streams().get(STREAM);
            int records = 1 + random.nextInt(20);
            Block block = new Block(
                    STREAM,
                    before == null ? 0 : before.next(),
                    records,
                    1_000,
                    Unpooled.directBuffer().writeBytes(new byte[records * (1 + random.nextInt(100))]),
                    synced -> {});
            writer.append(List.of(random.nextBoolean() ? Format2Entries.withCursor(block) : block));
        }

        private void cut(JournalState state) {
            if (state.uncutRecords() > 0 && writer.hasRoomForCut()) {
                long batch = state.lastBatch() + 1;
                Shape shape = random.nextInt(4) == 0 ? PLAIN : Format2Entries.reshaped(PLAIN, random.nextInt(6));
                shapes.put(batch, shape);
                writer.append(new Cut(
                        batch, batch, batch + 1, state.cutEnd(), state.uncutRecords(), state.uncutBytes(), shape));
            }
        }

        private void exclude(JournalState state) {
            int before = state.exclusions(state.lastBatch()).size();
            Format2Entries.exclude(writer);
            set += state.exclusions(state.lastBatch()).size() - before;
        }

        private void deliver(JournalState state) {
            if (random.nextInt(3) == 0 && state.marks().get("api").batch() < state.lastBatch()) {
                writer.append(new Mark("api", state.lastBatch(), state.cutEnd(), 0, 0));
            }
        }
    }
}
