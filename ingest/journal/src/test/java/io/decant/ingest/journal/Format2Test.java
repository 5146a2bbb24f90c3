package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.ingest.journal.Shape.RegexEngine;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Format 2 of the journal: written only where it must be, and read back as it was written. */
class Format2Test {

    private static final Shape PLAIN =
            new Shape("test", "record", "record", 1, List.of(new SinkShape("api", "http", "lines", 100, 4096)));
    private static final StreamId SESSION = new StreamId("logs", "a", true);

    @TempDir
    Path dataDir;

    private final MemoryStore store = new MemoryStore();
    private SegmentTable segments;
    private Positions positions;
    private Syncer syncer;
    private JournalWriter writer;

    private JournalWriter start() throws IOException {
        JournalRecovery.Recovered recovered = new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
        JournalState state = recovered.state();
        segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        store.prepare();
        writer = new JournalWriter(
                store,
                new JournalView(segments, SmallJournal.JOURNAL_ID),
                state,
                positions,
                recovered.nextSegment(),
                GroupLimits.measured(1 << 20),
                syncer::submit,
                (stream, position) -> false);
        if (state.marks().isEmpty()) {
            writer.append(new Mark("api", 0, 0, 0, 0));
        }
        return writer;
    }

    private static Block block(long first, int records) {
        return new Block(
                SESSION, first, records, 1_000, Unpooled.directBuffer().writeBytes(new byte[records]), synced -> {});
    }

    private void batch(Shape shape) throws IOException {
        batch(shape, 0);
    }

    private void batch(Shape shape, long windowStart) throws IOException {
        JournalState state = writer.state();
        JournalState.StreamPosition before = state.streams().get(SESSION);
        store.prepare();
        writer.append(List.of(block(before == null ? 0 : before.next(), 2)));
        writer.append(new Cut(
                state.lastBatch() + 1,
                windowStart,
                windowStart + 1_000,
                state.cutEnd(),
                state.uncutRecords(),
                state.uncutBytes(),
                shape));
        sync();
    }

    private void sync() {
        while (syncer.work(0)) {
            positions.check();
        }
    }

    private void deliverAll() {
        JournalState state = writer.state();
        writer.append(new Mark("api", state.lastBatch(), state.cutEnd(), 0, 0));
        sync();
    }

    /** The kind and format of each entry. */
    private List<String> entries() {
        List<String> found = new ArrayList<>();
        new TreeMap<>(store.segments).forEach((number, bytes) -> {
            EntryScanner entries = EntryScanner.wholeSegment(bytes, SmallJournal.JOURNAL_ID);
            while (entries.next()) {
                found.add(entries.kind() + " " + entries.format());
            }
        });
        return found;
    }

    private List<Shape> undeliveredShapes() {
        List<Shape> shapes = new ArrayList<>();
        JournalState state = writer.state();
        try (JournalReader reader = new JournalReader(segments, SmallJournal.JOURNAL_ID, state.delivered())) {
            for (long batch = state.marks().get("api").batch(); batch < state.lastBatch(); batch++) {
                shapes.add(reader.readBatch(positions.cut(), (address, bytes, records, at, framed) -> {})
                        .shape());
            }
        }
        return shapes;
    }

    @Test
    void shouldWriteFormat1WhereNothingIsNew() throws IOException {
        start();
        batch(PLAIN);
        writer.noteServed();
        deliverAll();
        writer.forget("api");
        sync();
        start();
        assertThat(entries()).isNotEmpty().allMatch(entry -> entry.endsWith(" 1"));
    }

    /**
     * 0.1.0 reads {@code regex:} by another engine, and must not meet {@code re2:} in a format that it takes for its
     * own.
     */
    @Test
    void shouldWriteWhatIsMatchedByRe2InFormat2AndWhatIsNotInFormat1() throws IOException {
        start();
        batch(new Shape("edge-1", "regex:id=([0-9]+)", "record", 7, PLAIN.sinks()));
        assertThat(entries()).contains("CUT 1").doesNotContain("CUT 2");
        Shape re2 = new Shape("edge-1", "re2:id=([0-9]+)", "record", 7, PLAIN.sinks());
        batch(re2);
        assertThat(entries()).contains("SHAPE 2", "CUT 2");
        assertThat(undeliveredShapes()).last().isEqualTo(re2);
        assertThat(re2.regexEngine()).isEqualTo(RegexEngine.RE2);
    }

    /** 0.1.0 takes a window that begins before the last one for damage. */
    @Test
    void shouldWriteAWindowThatGoesBackInFormat2() throws IOException {
        long wrong = 2 * JournalState.CLOCK_BEHIND_MILLIS_MAX;
        start();
        batch(PLAIN, wrong);
        assertThat(entries()).doesNotContain("CUT 2");
        batch(PLAIN, 0);
        assertThat(entries()).containsOnlyOnce("CUT 2");
        batch(PLAIN, 0);
        assertThat(entries()).containsOnlyOnce("CUT 2");
    }

    @Test
    void shouldWriteAShapeOnceBeforeTheCutsThatReferToIt() throws IOException {
        start();
        Shape shape = Format2Entries.reshaped(PLAIN, 1);
        batch(shape);
        batch(shape);
        assertThat(entries())
                .containsExactly("CHECKPOINT 1", "MARK 1", "BLOCKS 1", "SHAPE 2", "CUT 2", "BLOCKS 1", "CUT 2");
        assertThat(undeliveredShapes()).containsExactly(shape, shape);
        start();
        assertThat(undeliveredShapes()).containsExactly(shape, shape);
    }

    @Test
    void shouldReadEachBatchInItsOwnShapeHoweverManyThereAre() throws IOException {
        start();
        List<Shape> shapes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Shape shape = i % 7 == 0 ? PLAIN : Format2Entries.reshaped(PLAIN, i);
            batch(shape);
            shapes.add(shape);
            assertThat(writer.state().shapes().held()).hasSizeLessThanOrEqualTo(Shapes.HELD_MAX);
        }
        assertThat(store.segments).hasSizeGreaterThan(2);
        assertThat(undeliveredShapes()).isEqualTo(shapes);
        start();
        assertThat(undeliveredShapes()).isEqualTo(shapes);
    }

    @Test
    void shouldWriteCheckpointsOfFormat1AgainWhenTheSettingsNeedNoMore() throws IOException {
        start();
        batch(Format2Entries.reshaped(PLAIN, 1));
        deliverAll();
        start();
        batch(PLAIN);
        deliverAll();
        start();
        assertThat(entries().stream().filter(entry -> entry.startsWith("CHECKPOINT")))
                .startsWith("CHECKPOINT 1", "CHECKPOINT 2")
                .endsWith("CHECKPOINT 1");
    }

    @Test
    void shouldRefuseAnEntryOfFormat3() throws IOException {
        start();
        batch(PLAIN);
        ByteBuffer bytes = store.segments.get(1L);
        EntryScanner entries = EntryScanner.wholeSegment(bytes, SmallJournal.JOURNAL_ID);
        entries.next();
        bytes.put(entries.content() + 3, (byte) 3);
        EntryCodec.seal(
                new ByteBuffer[] {
                    bytes.slice(entries.content(), entries.contentLength()).order(bytes.order())
                },
                1);
        assertThatThrownBy(() -> new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("was written in a format newer than 2");
    }

    @Test
    void shouldKeepExclusionsUntilEverySinkHasTheBatch() throws IOException {
        start();
        batch(PLAIN);
        batch(PLAIN);
        Exclusion second = new Exclusion(2, 1, "too deep");
        writer.append(second);
        sync();
        assertThatThrownBy(() -> writer.append(second)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.append(new Exclusion(3, 0, "not cut")))
                .isInstanceOf(IllegalStateException.class);
        start();
        assertThat(writer.state().exclusions(2)).containsExactly(second);
        start();
        assertThat(writer.state().exclusions(2)).containsExactly(second);
        writer.append(new Mark("api", 1, writer.state().delivered() + 1, 0, 1));
        assertThat(writer.mayAppend(new Exclusion(2, 0, "begun"), Set.of("api")))
                .isFalse();
        deliverAll();
        assertThat(writer.state().exclusions(2)).isEmpty();
        start();
        assertThat(writer.state().exclusions(2)).isEmpty();
    }

    /** A sink that is added begins behind all batches that are cut: its mark says nothing of them. */
    @Test
    void shouldSetRecordsAsideOfABatchThatOnlyALaterSinkIsBehind() throws IOException {
        start();
        batch(PLAIN);
        JournalState state = writer.state();
        writer.append(new Mark("added", state.lastBatch(), state.cutEnd(), 0, 0));
        Exclusion exclusion = new Exclusion(1, 1, "odd");
        assertThat(writer.mayAppend(exclusion, Set.of("api"))).isTrue();
        assertThat(writer.mayAppend(exclusion, Set.of("api", "added"))).isFalse();
        assertThat(writer.mayAppend(exclusion, Set.of("removed"))).isFalse();
        writer.append(exclusion);
        sync();
        start();
        assertThat(writer.state().exclusions(1)).containsExactly(exclusion);
    }

    /** The first sink has the batch and is removed; then a record is set aside for the others. */
    @Test
    void shouldFindARecordThatWasSetAsideBehindTheMarkOfASink() throws IOException {
        start();
        writer.append(new Mark("removed", 0, 0, 0, 0));
        batch(PLAIN);
        JournalState state = writer.state();
        writer.append(new Mark("removed", 1, state.cutEnd(), 0, 0));
        writer.forget("removed");
        Exclusion exclusion = new Exclusion(1, 1, "odd");
        assertThat(writer.mayAppend(exclusion, Set.of("api", "removed"))).isTrue();
        writer.append(exclusion);
        long start = state.delivered();
        deliverAll();
        for (int i = 0; i < 40; i++) {
            batch(Format2Entries.reshaped(PLAIN, i));
        }
        assertThat(store.segments).hasSizeGreaterThan(2);
        try (JournalReader reader = new JournalReader(segments, SmallJournal.JOURNAL_ID, start)) {
            reader.readBatch(positions.synced(), (address, bytes, records, at, framed) -> {});
            assertThat(reader.readExclusions(1, positions.synced())).containsExactly(exclusion);
            assertThat(reader.position()).as("no further than needed").isLessThan(positions.synced());
        }
    }

    @Test
    void shouldSetNoMoreRecordsAsideThanThereIsRoomFor() {
        Exclusions exclusions = new Exclusions();
        for (int i = 0; i < Exclusions.COUNT_MAX; i++) {
            exclusions.add(new Exclusion(1, i, ""));
        }
        assertThatThrownBy(() -> exclusions.check(new Exclusion(2, 0, ""), 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("at most " + Exclusions.COUNT_MAX);
        exclusions.delivered(1);
        exclusions.check(new Exclusion(2, 0, ""), 2);
        assertThat(exclusions.count()).isZero();
    }

    @Test
    void shouldKeepWhatImportsSayWhileTheirSourceIsInTheSettings() throws IOException {
        start();
        Format2Entries.plan(writer, 1);
        Format2Entries.done(writer, 2);
        Format2Entries.done(writer, 3);
        sync();
        start();
        Format2Entries.done(writer, 4);
        sync();
        JournalState state = start().state();
        assertThat(state.plan("shop").orElseThrow().payload()).isEqualTo(OpaqueBytes.of("plan 1".getBytes(UTF_8)));
        assertThat(state.done("shop"))
                .extracting(done -> new String(done.limits().toArray(), UTF_8))
                .containsExactly("limits 4", "limits 3");
        state.beforeCheckpoint(new CheckpointRules() {
            @Override
            public boolean isForgotten(StreamId stream, JournalState.StreamPosition position) {
                return false;
            }

            @Override
            public boolean isRemoved(String source) {
                return source.equals("shop");
            }
        });
        assertThat(state.plan("shop")).isEmpty();
        assertThat(state.done("shop")).isEmpty();
        assertThat(CheckpointCodec.format(state)).isEqualTo(EntryCodec.FORMAT_FIRST);
    }

    @Test
    void shouldBoundWhatImportsKeep() {
        Imports imports = new Imports();
        OpaqueBytes payload = OpaqueBytes.of(new byte[ImportPlan.PAYLOAD_BYTES_MAX]);
        int fit = Imports.BYTES_MAX / new ImportPlan("s-00", payload).encodedBytes();
        for (int i = 0; i < fit; i++) {
            imports.put(new ImportPlan("s-" + (10 + i), payload));
        }
        // In the place of another there is room.
        imports.put(new ImportPlan("s-10", payload));
        assertThatThrownBy(() -> imports.check(new ImportPlan("other", payload)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no room for the plan of other");
    }

    @Test
    void shouldReadACursorAndWhatStandsBehindIt() throws IOException {
        OpaqueBytes cursor = OpaqueBytes.of(new byte[Block.CURSOR_BYTES_MAX]);
        for (boolean framed : new boolean[] {false, true}) {
            byte[] payload = framed ? FrameBytes.of(7, 2_000, "k", "v".getBytes(UTF_8)) : new byte[] {'x', '\n'};
            Block plain = framed
                    ? Block.framed(
                            SESSION,
                            5,
                            1,
                            9,
                            Unpooled.wrappedBuffer(payload),
                            new ResumePoint(8, ResumePoint.NO_TOPIC),
                            b -> {})
                    : new Block(SESSION, 5, 1, 9, Unpooled.wrappedBuffer(payload), b -> {});
            Block block = plain.withCursor(cursor);
            ByteBuffer bytes = ByteBuffer.allocateDirect(8 << 10).order(ByteOrder.LITTLE_ENDIAN);
            BlockHeader.put(bytes, block, "logs".getBytes(UTF_8), "a".getBytes(UTF_8));
            bytes.put(payload).flip();
            BlockView view = new BlockView();
            view.set(Memory.addressOf(bytes));
            assertThat(view.first()).isEqualTo(5);
            assertThat(view.sourceBytes()).isEqualTo(4);
            byte[] source = new byte[4];
            Memory.copyToArray(view.sourceAddress(), source, 0, 4);
            assertThat(source).isEqualTo("logs".getBytes(UTF_8));
            assertThat(view.streamBytes()).isEqualTo(1);
            BlockHeader header = BlockHeader.get(bytes);
            assertThat(header.cursor()).isEqualTo(cursor);
            assertThat(header.framed()).isEqualTo(framed);
            assertThat(header.stream()).isEqualTo(SESSION);
            assertThat(header.payloadBytes()).isEqualTo(payload.length);
            assertThatThrownBy(() -> block.splitAfter(1)).isInstanceOf(IllegalArgumentException.class);
            block.release();
        }
        Block block = block(0, 1);
        assertThatThrownBy(() -> block.withCursor(OpaqueBytes.of(new byte[Block.CURSOR_BYTES_MAX + 1])))
                .isInstanceOf(IllegalArgumentException.class);
        block.release();
    }

    @Test
    void shouldKeepTheCursorOfTheLastBlock() throws IOException {
        start();
        writer.append(List.of(block(0, 2), Format2Entries.withCursor(block(2, 3))));
        sync();
        assertThat(entries()).endsWith("BLOCKS 2");
        start();
        assertThat(writer.state().streams().get(SESSION).cursor()).isEqualTo(Format2Entries.cursor(SESSION, 5));
        start();
        assertThat(writer.state().streams().get(SESSION).cursor()).isEqualTo(Format2Entries.cursor(SESSION, 5));
        writer.append(List.of(block(5, 1)));
        assertThat(writer.state().streams().get(SESSION).cursor()).isEqualTo(OpaqueBytes.NONE);
    }

    @Test
    void shouldRefuseAShapeThatIsTooLongForTheJournal() {
        String tooLong = "x".repeat(Shape.TEXT_BYTES_MAX + 1);
        assertThatThrownBy(() -> new SinkShape("db", "sql", "table", 1, 1, tooLong))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("sink db", "32768");
        assertThatThrownBy(() -> PLAIN.withTransforms(Map.of("logs", List.of("drop", tooLong))))
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.SETTINGS))
                .hasMessageContaining("a transform of source logs");
        String step = "y".repeat(Shape.TEXT_BYTES_MAX);
        PLAIN.withTransforms(Map.of("logs", List.of(step, step, step, step, step, step, step)));
        assertThatThrownBy(() ->
                        PLAIN.withTransforms(Map.of("logs", List.of(step, step, step, step, step, step, step, step))))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("at most " + Shape.BYTES_MAX);
    }

    @Test
    void shouldKnowBothFormatsInAnAuditAndARepair() throws IOException {
        RepairWorld world = new RepairWorld(dataDir, true);
        assertThat(world.whole.format()).isEqualTo(2);
        assertThat(world.whole.exclusions()).isNotEmpty();
        assertThat(world.whole.plans()).hasSize(1);
        assertThat(world.whole.done()).hasSize(1);
        for (SmallJournal.Entry entry : world.entries) {
            world.beginAnew();
            world.damage(entry);
            world.repair();
            JournalReport after = JournalAudit.of(world.dataDir);
            assertThat(after.done()).as("after " + entry).isEqualTo(world.lastAudit.done());
            assertThat(after.streams()).as("after " + entry).isEqualTo(world.lastAudit.streams());
        }
    }

    @Test
    void shouldFindAShapeInTheCheckpointBehindWhereItsEntryIsDamaged() throws IOException {
        start();
        Shape shape = Format2Entries.reshaped(PLAIN, 1);
        batch(shape);
        start();
        ByteBuffer first = store.segments.get(1L);
        EntryScanner entries = EntryScanner.wholeSegment(first, SmallJournal.JOURNAL_ID);
        while (entries.next() && entries.kind() != EntryKind.SHAPE) {
            assertThat(entries.missing()).isZero();
        }
        first.put(entries.content() + 40, (byte) '?');
        JournalImage image = store.image(SmallJournal.JOURNAL_ID);
        JournalReport report = JournalAudit.of(image);
        assertThat(report.refusal()).contains("is damaged at offset");
        assertThat(report.batches()).hasSize(1).noneMatch(JournalReport.Batch::shapeLost);
    }
}
