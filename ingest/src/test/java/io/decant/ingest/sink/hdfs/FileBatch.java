package io.decant.ingest.sink.hdfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Frame;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.RecordOrigin;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A batch of texts, bucketed as in production, for the sink {@code archive}. */
final class FileBatch implements AutoCloseable {

    static final String SINK = "archive";
    static final String SERVER = "edge-1";
    static final String JOURNAL = "00c0ffee";
    static final Instant WINDOW_START = Instant.parse("2026-11-21T04:59:59Z");

    private final List<String> records;
    private final long address;
    private final int length;
    private final OpenBatch open;

    /** @param records without newlines, at least one */
    FileBatch(long number, List<String> records, long partBytesMax) {
        this(number, records, lines(records), false, SinkShape.LINES, partBytesMax);
    }

    /** Of which a sink writes counts. */
    static FileBatch counted(long number, List<String> records, long partBytesMax) {
        return new FileBatch(number, records, lines(records), false, SinkShape.COUNTS, partBytesMax);
    }

    private static byte[] lines(List<String> records) {
        return (String.join("\n", records) + "\n").getBytes(ISO_8859_1);
    }

    /** Of records that may hold anything; null is one without a value. */
    static FileBatch framed(long number, List<String> records) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (String record : records) {
            byte[] value = record == null ? null : record.getBytes(ISO_8859_1);
            int length = record == null ? Frame.ABSENT : value.length;
            ByteBuffer frame = ByteBuffer.allocate((int) Frame.bytes(Frame.ABSENT, 0, length));
            Frame.put(frame, 0, 0, null, new byte[0], value);
            frames.writeBytes(frame.array());
        }
        return new FileBatch(number, records, frames.toByteArray(), true, SinkShape.LINES, 1 << 20);
    }

    private FileBatch(
            long number, List<String> records, byte[] chunk, boolean framed, String format, long partBytesMax) {
        this.records = records;
        length = chunk.length;
        address = Memory.allocate(length);
        Memory.copyFromArray(chunk, 0, length, address);
        try (Chunks chunks = new Chunks()) {
            chunks.add(address, length, records.size(), 0, framed);
            Assignment buckets = new BucketAssigner(1, Runnable::run).assign(chunks, Keying.wholeRecord(42));
            SinkShape shape = new SinkShape(SINK, "hdfs", format, Long.MAX_VALUE, partBytesMax);
            Cut cut = new Cut(
                    number,
                    WINDOW_START.toEpochMilli(),
                    WINDOW_START.plusSeconds(1).toEpochMilli(),
                    64,
                    records.size(),
                    length,
                    new Shape(SERVER, "record", "record", 42, List.of(shape)));
            open = framed
                    ? new OpenBatch(JOURNAL, cut, buckets, FileBatch::noOrigin, Map.of(), false, () -> {})
                    : new OpenBatch(JOURNAL, cut, buckets, chunks, tag -> tag, false);
        }
    }

    private static RecordOrigin noOrigin() {
        throw new IllegalStateException("nobody knows where these records came from");
    }

    OpenBatch open() {
        return open;
    }

    /** The same, which lies finished in a directory. */
    OpenBatch finishedIn(Path directory) {
        return new OpenBatch(
                JOURNAL,
                open.cut(),
                open.buckets(),
                open.origins(),
                Map.of(SINK, directory.toUri().toString()),
                false,
                () -> {});
    }

    /** The same, of which no record can be read. */
    OpenBatch unreadable() {
        Buckets sizes = (Buckets) Proxy.newProxyInstance(
                Buckets.class.getClassLoader(), new Class<?>[] {Buckets.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).as("what is read").isIn("records", "buckets");
                    return method.invoke(open.buckets(), arguments);
                });
        return new OpenBatch(JOURNAL, open.cut(), sizes, open.origins(), Map.of(), false, () -> {});
    }

    /** The rule, naively: the k-th occurrence of a record goes to bucket k. */
    List<List<String>> naiveBuckets() {
        Map<String, Integer> seen = new HashMap<>();
        List<List<String>> buckets = new ArrayList<>();
        for (String record : records) {
            int bucket = seen.merge(record, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
        return buckets;
    }

    @Override
    public void close() {
        open.close();
        Memory.free(address, length);
    }
}
