package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal over real Chronicle files on a real disk. */
class ChronicleJournalTest {

    private static final int JOURNAL_ID = 0xCAFE;
    private static final Shape SHAPE =
            new Shape("test", "record", "record", 1, List.of(new SinkShape("api", "http", "lines", 100, 4096)));

    @TempDir
    Path dataDir;

    /** A journal with its writer and syncer, driven by hand. */
    private final class Opened implements AutoCloseable {
        final ChronicleSegmentStore store;
        final SegmentTable segments;
        final JournalState state;
        final Positions positions;
        final JournalWriter writer;
        final Syncer syncer;

        Opened() throws IOException {
            this(false);
        }

        /** @param isShort begins with a short segment, as on a full disk */
        Opened(boolean isShort) throws IOException {
            store = new ChronicleSegmentStore(dataDir, ChronicleSegmentStore.SEGMENT_BYTES_MIN);
            JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
            state = recovered.state();
            segments = new SegmentTable(store);
            segments.addAll(recovered.bases());
            positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
            syncer = new Syncer(positions, 0, java.util.concurrent.TimeUnit.NANOSECONDS, batch -> {});
            if (isShort) {
                JournalWriter.prepareShort(store, state);
            } else {
                store.prepare();
            }
            writer = new JournalWriter(
                    store,
                    segments,
                    state,
                    positions,
                    JOURNAL_ID,
                    recovered.nextSegment(),
                    GroupLimits.measured(3 << 20),
                    syncer::submit,
                    (stream, position) -> false);
        }

        void append(Block... blocks) throws IOException {
            store.prepare();
            if (!writer.hasRoomForBlocks(3 << 20)) {
                sync();
            }
            writer.append(List.of(blocks));
        }

        void sync() {
            while (syncer.work(0)) {
                positions.check();
            }
        }

        void cut() throws IOException {
            store.prepare();
            writer.append(new Cut(
                    state.lastBatch() + 1, 0, 1000, state.cutEnd(), state.uncutRecords(), state.uncutBytes(), SHAPE));
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private final List<Block> synced = new ArrayList<>();

    private Block block(String stream, long first, List<String> records) {
        byte[] bytes = (String.join("\n", records) + "\n").getBytes(UTF_8);
        // In two pieces, as a source hands in what it carried over and what it read.
        int middle = bytes.length / 3;
        CompositeByteBuf payload = Unpooled.compositeBuffer(2);
        payload.addComponent(true, Unpooled.directBuffer().writeBytes(bytes, 0, middle));
        payload.addComponent(true, Unpooled.directBuffer().writeBytes(bytes, middle, bytes.length - middle));
        return new Block(new StreamId("lines", stream, true), first, records.size(), 1_000, payload, synced::add);
    }

    private static List<String> records(Random random, int count, int length) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Long.toHexString(random.nextLong())
                    .repeat(1 + length / 8)
                    .substring(0, random.nextInt(length + 1)));
        }
        return records;
    }

    private static List<String> readBatch(Opened journal, long from) {
        List<String> read = new ArrayList<>();
        try (JournalReader reader = new JournalReader(journal.segments, JOURNAL_ID, from)) {
            reader.readBatch(journal.positions.cut(), (address, bytes, records, position, framed) -> {
                byte[] copy = new byte[bytes];
                Memory.copyToArray(address, copy, 0, bytes);
                List<String> lines = List.of(new String(copy, UTF_8).split("\n", -1));
                assertThat(lines).hasSize(records + 1);
                read.addAll(lines.subList(0, records));
            });
        }
        return read;
    }

    @Test
    void shouldReadBackWhatWasAppendedOverManySegmentsAndRestarts() throws IOException {
        Random random = new Random(7);
        List<String> all = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            try (Opened journal = new Opened()) {
                assertThat(journal.state.uncutRecords()).isEqualTo(all.size());
                for (int i = 0; i < 30; i++) {
                    int length = i % 7 == 0 ? 900_000 : 3_000;
                    List<String> records = records(random, length > 100_000 ? 3 : 40, length);
                    journal.append(block("s", all.size(), records));
                    all.addAll(records);
                }
                journal.sync();
                assertThat(journal.positions.synced()).isEqualTo(journal.positions.appended());
            }
        }
        assertThat(synced.stream().mapToInt(Block::records).sum()).isEqualTo(all.size());
        try (Opened journal = new Opened()) {
            assertThat(journal.segments.size()).isGreaterThan(4);
            assertThat(journal.state.streams().values())
                    .containsExactly(new JournalState.StreamPosition(all.size(), 1_000, ResumePoint.NONE));
            journal.cut();
            journal.sync();
            assertThat(readBatch(journal, 0)).isEqualTo(all);
        }
    }

    @Test
    void shouldStayAnOrdinaryChronicleQueue() throws IOException {
        Random random = new Random(8);
        int blocks = 0;
        try (Opened journal = new Opened()) {
            for (int i = 0; i < 40; i++) {
                journal.append(block("s", i * 5L, records(random, 5, 200_000)));
                blocks++;
            }
            journal.sync();
        }
        int entries = 0;
        Path run = dataDir.resolve("journal/run-00000001");
        try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(run)
                        .rollCycle(SegmentNames.CYCLE)
                        .blockSize(ChronicleSegmentStore.SEGMENT_BYTES_MIN)
                        .readOnly(true)
                        .build();
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        break;
                    }
                    byte kind = document.wire()
                            .bytes()
                            .readByte(document.wire().bytes().readPosition() + 28);
                    entries += kind == EntryKind.BLOCKS.code() ? 1 : 0;
                }
            }
        }
        assertThat(entries).isEqualTo(blocks);
        try (Stream<Path> files = Files.list(run)) {
            assertThat(files.filter(file -> file.toString().endsWith(".cq4")).count())
                    .isGreaterThan(1);
        }
    }

    @Test
    void shouldCutATornTailOffAndKeepIt() throws IOException {
        long good;
        try (Opened journal = new Opened()) {
            journal.append(block("s", 0, List.of("a", "b")));
            journal.sync();
            good = journal.positions.appended();
            journal.append(block("s", 2, List.of("never", "synced")));
        }
        Path segment = onlySegment();
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            // The last entry's header made it to the disk, its content did not.
            file.write(java.nio.ByteBuffer.allocate(16), good + 40);
        }
        try (Opened journal = new Opened()) {
            assertThat(journal.state.uncutRecords()).isEqualTo(2);
            assertThat(journal.positions.synced()).isGreaterThanOrEqualTo(good);
        }
        assertThat(dataDir.resolve("salvage"))
                .isDirectoryContaining(file -> file.getFileName().toString().startsWith("unsynced-1-from-"));
        assertThat(Files.size(segment)).isEqualTo(good);
    }

    @Test
    void shouldKeepNoMoreThanAMebibyteOfUnsyncedTailsBesideTheNewest() throws IOException {
        byte[] torn = new byte[250 << 10];
        for (int start = 0; start < 8; start++) {
            try (Opened journal = new Opened()) {
                journal.append(block("s", start, List.of("a")));
                journal.sync();
            }
            new Random(start).nextBytes(torn);
            List<Path> segments = segmentFiles();
            try (FileChannel file = FileChannel.open(segments.get(segments.size() - 1), StandardOpenOption.WRITE)) {
                file.write(java.nio.ByteBuffer.wrap(torn), 16 << 10);
            }
        }
        new Opened().close();
        try (Stream<Path> kept = Files.list(dataDir.resolve("salvage"))) {
            assertThat(kept.map(file -> file.getFileName().toString()))
                    .hasSize(4)
                    .anyMatch(name -> name.startsWith("unsynced-8-from-"));
        }
    }

    @Test
    void shouldKeepNothingOfStartsInWhichNothingCame() throws IOException {
        for (int start = 0; start < 5; start++) {
            try (Opened journal = new Opened()) {
                journal.sync();
                for (SegmentTable.Segment passed : journal.segments.removeBefore(journal.positions.delivered())) {
                    journal.store.delete(passed.number());
                }
                assertThat(segmentFiles()).hasSize(1);
            }
        }
        try (Opened journal = new Opened()) {
            journal.sync();
            long from = journal.state.cutEnd();
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
            assertThat(readBatch(journal, from)).containsExactly("a", "b");
        }
        try (Opened journal = new Opened()) {
            assertThat(journal.state.lastBatch()).isEqualTo(1);
            assertThat(journal.state.delivered()).isEqualTo(journal.state.cutEnd());
        }
    }

    @Test
    void shouldKeepNothingOfIdleStartsWhileSomethingIsUndelivered() throws IOException {
        long from;
        try (Opened journal = new Opened()) {
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            from = journal.positions.appended();
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
        }
        for (int start = 0; start < 5; start++) {
            try (Opened journal = new Opened()) {
                journal.sync();
                assertThat(segmentFiles()).hasSize(2);
                assertThat(runs()).hasSize(2);
            }
        }
        try (Opened journal = new Opened()) {
            journal.append(block("s", 2, List.of("c")));
            journal.sync();
        }
        try (Opened journal = new Opened()) {
            assertThat(segmentFiles()).hasSize(3);
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
            assertThat(readBatch(journal, from)).containsExactly("a", "b");
        }
    }

    @Test
    void shouldStartAfterAPowerCutHoweverFarTheWriterWasAhead() throws IOException {
        long good;
        try (Opened journal = new Opened()) {
            journal.append(block("s", 0, List.of("acknowledged")));
            journal.sync();
            good = journal.positions.appended();
            journal.store.prepare();
            for (int i = 1; i < 30 && journal.writer.hasRoomForBlocks(3 << 20); i++) {
                journal.writer.append(List.of(block("s", i, List.of("x".repeat(900_000)))));
                journal.store.prepare();
            }
            assertThat(journal.segments.size()).isGreaterThan(1);
        }
        try (FileChannel file = FileChannel.open(onlySegment(), StandardOpenOption.WRITE)) {
            // All that was never synced made it to the disk, but for one page.
            file.write(java.nio.ByteBuffer.allocate(64), good);
        }
        try (Opened journal = new Opened()) {
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToStartWhereAcknowledgedDataIsDamaged() throws IOException {
        long first;
        try (Opened journal = new Opened()) {
            first = journal.positions.appended();
            journal.append(block("s", 0, List.of("acknowledged")));
            journal.sync();
            journal.append(block("s", 1, List.of("more")));
            journal.sync();
        }
        Path segment = onlySegment();
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {'?'}), first + 60);
        }
        assertThatThrownBy(Opened::new)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(segment.toString())
                .hasMessageContaining("at offset " + first)
                .hasMessageContaining("decant journal repair");
    }

    @Test
    void shouldGiveTheUnusedRestOfAPreallocationBack() throws IOException {
        try (Opened journal = new Opened()) {
            journal.append(block("s", 0, List.of("a")));
            journal.sync();
            assertThat(Files.size(onlySegment())).isGreaterThanOrEqualTo(ChronicleSegmentStore.SEGMENT_BYTES_MIN);
        }
        Path segment = onlySegment();
        new Opened().close();
        assertThat(Files.size(segment)).isLessThan(200_000);
    }

    @Test
    void shouldLetChronicleWriteOnlyToWhatIsPreallocated() throws IOException {
        Random random = new Random(3);
        try (Opened journal = new Opened()) {
            for (long first = 0; journal.segments.size() < 3; first += 2_000) {
                journal.append(block("s", first, records(random, 2_000, 100)));
            }
            journal.sync();
            assertOnlyZerosFrom(segmentFiles().get(0), ChronicleSegmentStore.SEGMENT_BYTES_MIN);
            assertOnlyZerosFrom(segmentFiles().get(1), ChronicleSegmentStore.SEGMENT_BYTES_MIN);
            Path metadata = segmentFiles().get(0).resolveSibling(SegmentFiles.METADATA);
            assertThat(Files.readAllBytes(metadata)[0])
                    .as("that it is used at all")
                    .isNotZero();
            assertOnlyZerosFrom(metadata, 64 << 10);
        }
    }

    @Test
    void shouldHaveRoomForMarksAndNothingElseInAShortSegment() throws IOException {
        try (Opened journal = new Opened()) {
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
        }
        try (Opened journal = new Opened(true)) {
            int entry = GroupLimits.measured(3 << 20).entryBytesMax();
            assertThat(journal.writer.hasRoomForBlocks(entry)).isFalse();
            for (int bucket = 1; journal.writer.hasRoomForMarks(); bucket++) {
                journal.writer.append(new Mark("api", 0, 0, bucket, 0));
                if (bucket % 1_000 == 0) {
                    journal.sync();
                }
            }
            journal.sync();
            assertOnlyZerosFrom(segmentFiles().get(1), 700 << 10);
            journal.store.prepare();
            assertThat(journal.writer.hasRoomForBlocks(entry)).isTrue();
            journal.append(block("s", 2, List.of("c")));
            journal.writer.append(new Mark("api", 1, journal.state.cutEnd(), 0, 0));
            journal.sync();
        }
        try (Opened journal = new Opened(true)) {
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
            assertThat(journal.state.marks().get("api").batch()).isEqualTo(1);
        }
    }

    @Test
    void shouldGoOnlyForMarksThatFreeSomethingWhereRoomIsScarce() throws IOException {
        Random random = new Random(4);
        try (Opened journal = new Opened()) {
            List<Long> cuts = new ArrayList<>();
            for (long first = 0; journal.segments.size() < 3; first += 2_000) {
                journal.append(block("s", first, records(random, 2_000, 100)));
                journal.cut();
                cuts.add(journal.state.cutEnd());
            }
            journal.writer.append(new Mark("api", 1, cuts.get(0), 0, 0));
            long freeing = 0;
            for (int i = 1; i < cuts.size(); i++) {
                Mark mark = new Mark("api", i + 1, cuts.get(i), 0, 0);
                if (journal.writer.frees(mark)) {
                    journal.writer.append(mark);
                    freeing++;
                }
            }
            assertThat(cuts).hasSizeGreaterThan(20);
            assertThat(freeing).isBetween(2L, 3L);
            assertThat(journal.state.delivered()).isEqualTo(journal.state.cutEnd());
        }
    }

    @Test
    void shouldStartThoughNothingCanBeKeptAside() throws IOException {
        long good;
        try (Opened journal = new Opened()) {
            journal.append(block("s", 0, List.of("a", "b")));
            journal.sync();
            good = journal.positions.appended();
            journal.append(block("s", 2, List.of("never", "synced")));
        }
        try (FileChannel file = FileChannel.open(onlySegment(), StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.allocate(16), good + 40);
        }
        // As on a full disk, no folder of this name can be made.
        Files.createFile(dataDir.resolve("salvage"));
        try (Opened journal = new Opened()) {
            assertThat(journal.state.uncutRecords()).isEqualTo(2);
        }
    }

    @Test
    void shouldNotNeedABlockToSayWhoHasTheDataDirectory() throws IOException {
        Files.writeString(dataDir.resolve("lock"), "99999999999999999999");
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(held.path().resolve("lock"))
                    .hasContent(Long.toString(ProcessHandle.current().pid()));
        }
    }

    private static void assertOnlyZerosFrom(Path file, long offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = Math.toIntExact(offset); i < bytes.length; i++) {
            assertThat(bytes[i]).as("byte %d of %s", i, file).isZero();
        }
    }

    @Test
    void shouldLockTheDataDirectoryAgainstASecondServer() {
        Random random = new Random(1);
        try (DataDirectory held = DataDirectory.open(dataDir, random)) {
            assertThatThrownBy(() -> DataDirectory.open(dataDir, random))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another server")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
            assertThat(held.journalId()).isEqualTo(Integer.parseUnsignedInt(readId(), 16));
        }
        try (DataDirectory again = DataDirectory.open(dataDir, new Random(2))) {
            assertThat(DataDirectory.idText(again.journalId())).isEqualTo(readId());
        }
    }

    private String readId() {
        try {
            return Files.readString(dataDir.resolve("journal/id")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> runs() throws IOException {
        try (Stream<Path> runs = Files.list(dataDir.resolve("journal"))) {
            return runs.filter(Files::isDirectory).toList();
        }
    }

    private Path onlySegment() throws IOException {
        return segmentFiles().get(0);
    }

    private List<Path> segmentFiles() throws IOException {
        try (Stream<Path> files = Files.walk(dataDir.resolve("journal"))) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void shouldCutABlockInTwoWhereABatchEnds() {
        ByteBuf payload = Unpooled.copiedBuffer("one\ntwo\n\nfour\n", UTF_8);
        Block block = new Block(new StreamId("lines", "s", true), 10, 4, 0, payload, synced::add);
        Block[] halves = block.splitAfter(2);
        assertThat(halves[0].payload().toString(UTF_8)).isEqualTo("one\ntwo\n");
        assertThat(halves[0].next()).isEqualTo(12);
        assertThat(halves[1].payload().toString(UTF_8)).isEqualTo("\nfour\n");
        assertThat(halves[1].first()).isEqualTo(12);
        halves[0].release();
        halves[1].release();
        assertThat(payload.refCnt()).isZero();
    }
}
