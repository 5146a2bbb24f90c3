package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * A journal with a bit of everything: sessions and connections, a partition with frames, cuts, marks of two sinks,
 * restarts, groups that share a sync.
 */
final class SmallJournal {

    static final int JOURNAL_ID = 0xCAFE;
    static final StreamId PARTITION = new StreamId("logs", "clicks-0", true);
    static final UUID TOPIC = new UUID(0xC11C, 5);
    /** Of the partition's offsets only every so manieth has a record. */
    private static final int OFFSET_STEP = 3;
    /** Of four blocks. */
    private static final int STEP_RECORDS_MAX = 12;
    /** Stream, position, and what frames them. */
    private static final int RECORD_NAME_BYTES_MAX = 100;

    static final Shape SHAPE = new Shape(
            "test",
            "record",
            "record",
            1,
            List.of(new SinkShape("api", "http", "lines", 100, 4096), new SinkShape("slow", "http", "lines", 9, 99)));

    private SmallJournal() {}

    /** What an entry was before anything was damaged. */
    record Entry(long segment, int offset, int end, long position, long endPosition, long synced, EntryKind kind) {}

    /** Writes one run of the server into the store. */
    static void run(SegmentStore store, Random random, int steps, int recordBytes) throws IOException {
        run(store, random, steps, recordBytes, SHAPE);
    }

    /** The same, with all that only format 2 can say. */
    static void runFormat2(SegmentStore store, Random random, int steps, int recordBytes, LongUnaryOperator windowStart)
            throws IOException {
        run(store, random, steps, recordBytes, SHAPE, windowStart, true);
    }

    /** The same with batches of another shape, for sinks of the same names. */
    static void run(SegmentStore store, Random random, int steps, int recordBytes, Shape shape) throws IOException {
        run(store, random, steps, recordBytes, shape, batch -> batch * 1000);
    }

    /**
     * The same in windows that begin where {@code windowStart} says, by the number of the batch before, in
     * milliseconds.
     */
    static void run(
            SegmentStore store, Random random, int steps, int recordBytes, Shape shape, LongUnaryOperator windowStart)
            throws IOException {
        run(store, random, steps, recordBytes, shape, windowStart, false);
    }

    private static void run(
            SegmentStore store,
            Random random,
            int steps,
            int recordBytes,
            Shape shape,
            LongUnaryOperator windowStart,
            boolean format2)
            throws IOException {
        JournalRecovery.Recovered recovered = new JournalRecovery(store, JOURNAL_ID).recover();
        JournalState state = recovered.state();
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        Positions positions = new Positions(recovered.end(), state.cutEnd(), state.delivered());
        Syncer syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        store.prepare();
        JournalWriter writer = new JournalWriter(
                store,
                new JournalView(segments, JOURNAL_ID),
                state,
                positions,
                recovered.nextSegment(),
                GroupLimits.measured(1 << 20),
                syncer::submit,
                (stream, position) -> false);
        for (String sink : List.of("api", "slow")) {
            if (!state.marks().containsKey(sink)) {
                writer.append(new Mark(sink, state.lastBatch(), state.cutEnd(), 0, 0));
            }
        }
        // A plain connection is a stream of this run alone.
        StreamId connection = new StreamId("logs", "run-" + recovered.nextSegment(), false);
        long sent = 0;
        for (int step = 0; step < steps; step++) {
            store.prepare();
            List<Block> blocks = new ArrayList<>();
            for (String session : List.of("a", "b")) {
                StreamId stream = new StreamId("logs", session, true);
                JournalState.StreamPosition before = state.streams().get(stream);
                Block block = block(stream, before == null ? 0 : before.next(), random, recordBytes);
                blocks.add(format2 && session.equals("b") ? Format2Entries.withCursor(block) : block);
            }
            Block last = block(connection, sent, random, recordBytes);
            sent = last.next();
            blocks.add(last);
            JournalState.StreamPosition partition = state.streams().get(PARTITION);
            blocks.add(framed(partition == null ? 0 : partition.next(), random, recordBytes));
            if (!writer.hasRoomForBlocks(STEP_RECORDS_MAX * (recordBytes + RECORD_NAME_BYTES_MAX))) {
                sync(syncer, positions);
            }
            writer.append(blocks);
            if (step % 3 == 2) {
                long start = windowStart.applyAsLong(state.lastBatch());
                writer.append(new Cut(
                        state.lastBatch() + 1,
                        start,
                        start + 1000,
                        state.cutEnd(),
                        state.uncutRecords(),
                        state.uncutBytes(),
                        format2 ? Format2Entries.reshaped(shape, state.lastBatch() + 1) : shape));
                if (format2) {
                    Format2Entries.exclude(writer);
                }
            }
            if (format2 && step % 4 == 1) {
                Format2Entries.plan(writer, step);
                Format2Entries.done(writer, step);
                writer.noteServed();
            }
            if (step % 4 == 3) {
                writer.append(new Mark("api", state.lastBatch(), state.cutEnd(), format2 ? 0 : step, format2 ? 0 : 1));
            }
            if (step % 8 == 7) {
                writer.append(new Mark("slow", state.lastBatch(), state.cutEnd(), 0, 0));
            }
            if (step % 2 == 1) {
                sync(syncer, positions);
            }
        }
        sync(syncer, positions);
    }

    private static void sync(Syncer syncer, Positions positions) {
        while (syncer.work(0)) {
            positions.check();
        }
    }

    private static Block block(StreamId stream, long first, Random random, int recordBytes) {
        int records = 1 + random.nextInt(3);
        StringBuilder payload = new StringBuilder();
        for (int i = 0; i < records; i++) {
            payload.append(record(stream, first + i, random, recordBytes)).append('\n');
        }
        return new Block(
                stream,
                first,
                records,
                1_000,
                Unpooled.directBuffer().writeBytes(payload.toString().getBytes(UTF_8)),
                synced -> {});
    }

    private static Block framed(long first, Random random, int recordBytes) {
        int records = 1 + random.nextInt(3);
        ByteBuf payload = Unpooled.directBuffer();
        for (long ordinal = first; ordinal < first + records; ordinal++) {
            byte[] value = record(PARTITION, ordinal, random, recordBytes).getBytes(UTF_8);
            payload.writeBytes(FrameBytes.of(ordinal * OFFSET_STEP, 2_000 + ordinal, "k" + ordinal % 3, value));
        }
        return Block.framed(
                PARTITION, first, records, 1_000, payload, (first + records) * OFFSET_STEP, TOPIC, synced -> {});
    }

    private static String record(StreamId stream, long ordinal, Random random, int recordBytes) {
        char[] filling = new char[random.nextInt(recordBytes)];
        Arrays.fill(filling, (char) ('a' + random.nextInt(26)));
        return stream.name() + '/' + ordinal + '/' + new String(filling);
    }

    /** All entries of an undamaged journal. */
    static List<Entry> entries(Map<Long, ByteBuffer> segments) {
        List<Entry> all = new ArrayList<>();
        segments.forEach((number, bytes) -> {
            EntryScanner entries = EntryScanner.wholeSegment(bytes, JOURNAL_ID);
            while (entries.next()) {
                all.add(new Entry(
                        number,
                        entries.documentOffset(),
                        entries.offset(),
                        entries.base() + entries.documentOffset(),
                        entries.base() + entries.offset(),
                        entries.synced(),
                        entries.kind()));
            }
        });
        return all;
    }

    /** The state behind each entry of an undamaged journal, by position, as bytes. */
    static NavigableMap<Long, ByteBuffer> states(Map<Long, ByteBuffer> segments) {
        NavigableMap<Long, ByteBuffer> states = new TreeMap<>();
        segments.forEach((number, bytes) -> {
            for (Entry entry : entries(Map.of(number, bytes))) {
                SegmentWalk walk =
                        SegmentWalk.over(MemoryStore.copy(bytes, entry.end()), number, "segment", JOURNAL_ID);
                if (walk.state() != null) {
                    states.put(entry.endPosition(), walk.state().encode(0, 0));
                }
            }
        });
        return states;
    }

    /** The records from a position on, in order, as far as they are good. */
    static List<String> records(JournalImage image, long from) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < image.segments().size(); i++) {
            EntryScanner entries = image.entries(i);
            while (entries.next()) {
                if (entries.kind() == EntryKind.BLOCKS && entries.base() + entries.documentOffset() >= from) {
                    records.addAll(records(entries.body()));
                }
            }
        }
        return records;
    }

    private static List<String> records(ByteBuffer body) {
        List<String> records = new ArrayList<>();
        for (int i = body.getInt(); i > 0; i--) {
            BlockHeader block = BlockHeader.get(body);
            byte[] payload = new byte[block.payloadBytes()];
            body.slice(block.payload(), payload.length).get(payload);
            if (block.framed()) {
                records.addAll(FrameBytes.values(payload));
            } else {
                new String(payload, UTF_8).lines().forEach(records::add);
            }
        }
        return records;
    }
}
