package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Every kind of entry that release 0.1.0 wrote, from fixed inputs, by the journal's own writer; as bytes in hex, by
 * names.
 *
 * <p>What 0.1.0 itself made of the same inputs is kept as {@code golden/format-1-entries.txt}: {@link #main} prints it,
 * run on the classes of that release.
 */
final class FormatOneEntries {

    /** The checkpoint that holds sessions: there, what stands in it, without the entries around it. */
    static final String CHECKPOINT_WITH_STREAMS = "checkpoint with streams, content";

    private static final int JOURNAL_ID = 0x1234ABCD;
    private static final long ARRIVAL_MILLIS = 1_700_000_000_000L;
    private static final UUID TOPIC = new UUID(0x0123456789ABCDEFL, 0x123456789ABCDEF0L);
    private static final StreamId CONNECTION = new StreamId("lines", "127.0.0.1:5000#1", false);
    private static final StreamId SESSION = new StreamId("lines", "session-\u00e4", true);
    private static final StreamId PARTITION = new StreamId("clicks", "topic-0", true);
    private static final StreamId LETTERS = new StreamId("clicks", "letters", false);
    private static final Shape SHAPE = new Shape(
            "edge-1",
            "regex:id=(\\w+)",
            "dlq",
            0x5EED_5EED_5EED_5EEDL,
            List.of(
                    new SinkShape("api", "http", "envelope", 500, 4L << 20),
                    new SinkShape("files", "hdfs", "lines", 0, 0)));

    private final MemoryStore store = new MemoryStore();
    private final Map<String, String> found = new LinkedHashMap<>();
    private final JournalWriter writer;
    private long segment = 1;
    private int at;

    private FormatOneEntries() {
        Positions positions = new Positions(0, 0, 0);
        writer = new JournalWriter(
                store,
                new JournalView(new SegmentTable(store), JOURNAL_ID),
                new JournalState(),
                positions,
                segment,
                GroupLimits.measured(1 << 10),
                ticket -> positions.synced(ticket.end()),
                (stream, position) -> false);
    }

    /** Prints what this build writes. */
    public static void main(String[] arguments) {
        all().forEach((name, hex) -> System.out.println(name + ": " + hex));
    }

    /** The entries in hex, by names. */
    static Map<String, String> all() {
        return new FormatOneEntries().write();
    }

    private Map<String, String> write() {
        take("checkpoint of a new journal");
        writer.append(new Mark("api", 0, 0, 0, 0));
        take("mark");
        writer.append(new Mark("files", 0, 0, 0, 0));
        take("mark of another sink");
        writer.append(List.of(lines(CONNECTION, 0, "one\ntwo\n")));
        take("blocks: lines of a connection");
        writer.append(List.of(Block.framed(
                LETTERS,
                0,
                1,
                ARRIVAL_MILLIS + 1,
                Unpooled.wrappedBuffer(FrameBytes.of(3, 4, "k", "v".getBytes(UTF_8))),
                ResumePoint.NO_OFFSET,
                ResumePoint.NO_TOPIC,
                synced -> {})));
        take("blocks: frames of a stream that is not kept");
        writer.append(cut());
        take("cut");
        writer.append(new Mark("api", 0, 0, 1, 2));
        take("mark within a batch");
        writer.append(new Mark(
                "api", 0, 0, 1, 2, List.of(new Piece(3, true), new Piece(200, false), new Piece(70_000, true))));
        take("mark with pieces");
        writer.forget("files");
        take("forget");
        rolled("checkpoint without streams");
        writer.append(List.of(lines(SESSION, 0, "three\n")));
        take("blocks: lines of a session");
        writer.append(List.of(frames(), lines(CONNECTION, 2, "\n\r\n")));
        take("blocks: frames of a partition, and lines");
        rolled(CHECKPOINT_WITH_STREAMS);
        return found;
    }

    private static Block lines(StreamId stream, long first, String text) {
        return new Block(
                stream,
                first,
                (int) text.lines().count(),
                ARRIVAL_MILLIS,
                Unpooled.wrappedBuffer(text.getBytes(UTF_8)),
                synced -> {});
    }

    private static Block frames() {
        byte[] headers = FrameBytes.headers(Map.of("trace", new byte[] {1, 0, -1}));
        return Block.framed(
                PARTITION,
                0,
                3,
                ARRIVAL_MILLIS,
                Unpooled.wrappedBuffer(
                        FrameBytes.of(7, ARRIVAL_MILLIS, "key", "value".getBytes(UTF_8)),
                        FrameBytes.of(9, ARRIVAL_MILLIS, "key".getBytes(UTF_8), headers, null),
                        FrameBytes.of(10, ARRIVAL_MILLIS, null, "\n".getBytes(UTF_8))),
                12,
                TOPIC,
                synced -> {});
    }

    private Cut cut() {
        JournalState state = writer.state();
        return new Cut(
                state.lastBatch() + 1,
                ARRIVAL_MILLIS,
                ARRIVAL_MILLIS + 1_000,
                state.cutEnd(),
                state.uncutRecords(),
                state.uncutBytes(),
                SHAPE);
    }

    /** Fills the segment, and takes the checkpoint with which the next one begins. */
    private void rolled(String name) {
        long ordinal = 4;
        while (store.segments.lastKey() == segment) {
            writer.append(List.of(lines(CONNECTION, ordinal++, "x".repeat(400) + "\n")));
        }
        segment = store.segments.lastKey();
        at = 0;
        List<byte[]> entries = entries();
        // The block that found no room before it.
        entries.remove(entries.size() - 1);
        if (name.equals(CHECKPOINT_WITH_STREAMS)) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (byte[] entry : entries) {
                int bytes = ByteBuffer.wrap(entry)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getInt(EntryCodec.HEADER_BYTES + 2 * Integer.BYTES);
                content.write(entry, EntryCodec.HEADER_BYTES + 3 * Integer.BYTES, bytes);
            }
            found.put(name, HexFormat.of().formatHex(content.toByteArray()));
        } else {
            put(name, entries);
        }
    }

    private void take(String name) {
        put(name, entries());
    }

    private void put(String name, List<byte[]> entries) {
        found.put(
                name,
                String.join(" ", entries.stream().map(HexFormat.of()::formatHex).toList()));
    }

    /** The entries that were written since the last call. */
    private List<byte[]> entries() {
        List<byte[]> entries = new ArrayList<>();
        ByteBuffer bytes = store.segments.get(segment);
        for (int length = bytes.getInt(at); length > 0; length = bytes.getInt(at)) {
            byte[] entry = new byte[length];
            bytes.slice(at + Integer.BYTES, length).get(entry);
            entries.add(entry);
            at = Math.toIntExact(EntryScanner.after(at, length));
        }
        return entries;
    }
}
