package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.ingest.journal.Block.BlockOwner;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/** A journal over real Chronicle files on a real disk, with its writer and syncer, driven by hand. */
final class JournalOnDisk implements AutoCloseable {

    /** Longest block that is appended here. */
    static final int BLOCK_BYTES_MAX = 3 << 20;

    static final int JOURNAL_ID = 0xCAFE;
    private static final Shape SHAPE =
            new Shape("test", "record", "record", 1, List.of(new SinkShape("api", "http", "lines", 100, 4096)));

    final ChronicleSegmentStore store;
    final SegmentTable segments;
    final JournalState state;
    final Positions positions;
    final JournalWriter writer;
    final Syncer syncer;

    JournalOnDisk(Path dataDir) throws IOException {
        this(dataDir, false);
    }

    /** @param isShort begins with a short segment, as on a full disk */
    JournalOnDisk(Path dataDir, boolean isShort) throws IOException {
        this(dataDir, isShort, GroupLimits.measured(BLOCK_BYTES_MAX));
    }

    JournalOnDisk(Path dataDir, boolean isShort, GroupLimits limits) throws IOException {
        this(dataDir, isShort, limits, SHAPE);
    }

    /** Begins with a short segment, as on a full disk, for settings that make such a shape. */
    JournalOnDisk(Path dataDir, Shape longest) throws IOException {
        this(dataDir, true, GroupLimits.measured(BLOCK_BYTES_MAX), longest);
    }

    private JournalOnDisk(Path dataDir, boolean isShort, GroupLimits limits, Shape longest) throws IOException {
        store = new ChronicleSegmentStore(dataDir, ChronicleSegmentStore.SEGMENT_BYTES_MIN);
        JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
        state = recovered.state();
        segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        if (isShort) {
            JournalWriter.prepareShort(store, state, longest);
        } else {
            store.prepare();
        }
        writer = new JournalWriter(
                store,
                new JournalView(segments, JOURNAL_ID),
                state,
                positions,
                recovered.nextSegment(),
                limits,
                syncer::submit,
                (stream, position) -> false);
        writer.reserveFor(longest);
    }

    void append(Block... blocks) throws IOException {
        store.prepare();
        if (!writer.hasRoomForBlocks(BLOCK_BYTES_MAX)) {
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

    /** Records of the batch that begins there. */
    List<String> readBatch(long from) {
        List<String> read = new ArrayList<>();
        try (JournalReader reader = new JournalReader(segments, JOURNAL_ID, from)) {
            reader.readBatch(positions.cut(), (address, bytes, records, position, framed) -> {
                byte[] copy = new byte[bytes];
                Memory.copyToArray(address, copy, 0, bytes);
                List<String> lines = List.of(new String(copy, UTF_8).split("\n", -1));
                assertThat(lines).hasSize(records + 1);
                read.addAll(lines.subList(0, records));
            });
        }
        return read;
    }

    @Override
    public void close() {
        store.close();
    }

    static Block block(String stream, long first, List<String> records) {
        return block(stream, first, records, block -> {});
    }

    /** @param owner told when it is synced */
    static Block block(String stream, long first, List<String> records, BlockOwner owner) {
        byte[] bytes = (String.join("\n", records) + "\n").getBytes(UTF_8);
        // In two pieces, as a source hands in what it carried over and what it read.
        int middle = bytes.length / 3;
        CompositeByteBuf payload = Unpooled.compositeBuffer(2);
        payload.addComponent(true, Unpooled.directBuffer().writeBytes(bytes, 0, middle));
        payload.addComponent(true, Unpooled.directBuffer().writeBytes(bytes, middle, bytes.length - middle));
        return new Block(new StreamId("lines", stream, true), first, records.size(), 1_000, payload, owner);
    }

    /** Some records of up to {@code length} characters. */
    static List<String> records(Random random, int count, int length) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Long.toHexString(random.nextLong())
                    .repeat(1 + length / 8)
                    .substring(0, random.nextInt(length + 1)));
        }
        return records;
    }

    static List<Path> segmentFiles(Path dataDir) throws IOException {
        try (Stream<Path> files = Files.walk(dataDir.resolve("journal"))) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .sorted()
                    .toList();
        }
    }

    /** The first start's segments, as Chronicle itself opens them. */
    static ChronicleQueue firstRun(Path dataDir) {
        return SingleChronicleQueueBuilder.binary(dataDir.resolve("journal/run-00000001"))
                .rollCycle(SegmentNames.CYCLE)
                .blockSize(ChronicleSegmentStore.SEGMENT_BYTES_MIN)
                .readOnly(true)
                .build();
    }

    /** How many entries of blocks a tailer of Chronicle's finds there. */
    static int blocksThatChronicleReads(Path dataDir) {
        int blocks = 0;
        try (ChronicleQueue queue = firstRun(dataDir);
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        return blocks;
                    }
                    long kind = document.wire().bytes().readPosition() + 28;
                    blocks += document.wire().bytes().readByte(kind) == EntryKind.BLOCKS.code() ? 1 : 0;
                }
            }
        }
    }

    static Path firstSegment(Path dataDir) throws IOException {
        return segmentFiles(dataDir).get(0);
    }
}
