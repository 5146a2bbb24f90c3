package io.decant.ingest.sink;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A batch of texts, bucketed as in production; goes to the sink {@code api}. */
public final class TestBatch implements AutoCloseable {

    public static final String SINK = "api";
    public static final long NUMBER = 7;
    public static final long WINDOW_START_MILLIS = 1_700_000_000_000L;

    private final long address;
    private final int length;
    private final OpenBatch open;

    /** @param records without newlines, at least one */
    public TestBatch(List<String> records, long maxRecords, long maxBytes) {
        this(records, new SinkShape(SINK, "http", "lines", maxRecords, maxBytes));
    }

    public TestBatch(List<String> records, SinkShape shape) {
        this(records, shape, NUMBER, false);
    }

    /** @param replay whether they are dead letters that go out again */
    public TestBatch(List<String> records, SinkShape shape, long number, boolean replay) {
        this(records, shape, number, replay, KeySpec.RECORD);
    }

    /** @param key as the settings name it */
    public TestBatch(List<String> records, SinkShape shape, String key) {
        this(records, shape, NUMBER, false, KeySpec.parse(key));
    }

    private TestBatch(List<String> records, SinkShape shape, long number, boolean replay, KeySpec key) {
        byte[] lines = (String.join("\n", records) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        length = lines.length;
        address = Memory.allocate(length);
        Memory.copyFromArray(lines, 0, length, address);
        try (Chunks chunks = new Chunks()) {
            chunks.add(address, length, records.size(), 0);
            Assignment assignment =
                    new BucketAssigner(1, Runnable::run).assign(chunks, new Keying(key, MissingKey.RECORD, 42));
            Shape shapes = new Shape("edge-1", key.toString(), "record", 42, List.of(shape));
            open = new OpenBatch(
                    "00c0ffee",
                    new Cut(
                            number,
                            WINDOW_START_MILLIS,
                            WINDOW_START_MILLIS + 1000,
                            64,
                            records.size(),
                            length,
                            shapes),
                    assignment,
                    chunks,
                    tag -> tag,
                    replay);
        }
    }

    public OpenBatch open() {
        return open;
    }

    public int buckets() {
        return open.buckets().buckets();
    }

    public long records(int bucket) {
        return open.buckets().records(bucket);
    }

    /** A bucket's records as lines. */
    public String lines(int bucket) {
        long bytes = open.buckets().linesLength(bucket, 0, records(bucket));
        long copy = Memory.allocate(bytes);
        open.buckets().copyLines(bucket, 0, records(bucket), copy);
        byte[] lines = new byte[(int) bytes];
        Memory.copyToArray(copy, lines, 0, lines.length);
        Memory.free(copy, bytes);
        return new String(lines, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        open.close();
        Memory.free(address, length);
    }
}
