package io.decant.ingest.sink.body;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.BlockBytes;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.FrameBytes;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.journal.StreamId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A batch of blocks off the heap, bucketed as in production, and the naive model of its buckets. */
final class BodyBatch implements AutoCloseable {

    /**
     * A block of at least one record.
     *
     * @param records as lines, without newlines, or the values of frames
     * @param frames what each has beside its value; null: they are lines
     */
    record Arrival(String source, String stream, long first, long millis, List<byte[]> records, List<Beside> frames) {

        Arrival(String source, String stream, long first, long millis, List<byte[]> records) {
            this(source, stream, first, millis, records, null);
        }

        byte[] payload() {
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int i = 0; i < records.size(); i++) {
                if (frames == null) {
                    payload.writeBytes(records.get(i));
                    payload.write('\n');
                } else {
                    payload.writeBytes(frames.get(i).around(records.get(i)));
                }
            }
            return payload.toByteArray();
        }
    }

    /** What a record in a frame has beside its value. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Beside(long offset, long millis, byte[] key, Map<String, byte[]> headers, boolean tombstone) {

        byte[] around(byte[] value) {
            return FrameBytes.of(offset, millis, key, FrameBytes.headers(headers), tombstone ? null : value);
        }
    }

    /**
     * A record and where it came from.
     *
     * @param beside null: it is a line
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Expected(byte[] bytes, Arrival block, long ordinal, Beside beside) {

        boolean isTombstone() {
            return beside != null && beside.tombstone;
        }
    }

    /** No bytes are this text. */
    private static final String TOMBSTONE = "\uffff";

    private record Region(long address, long length) {}

    private final List<Region> memory = new ArrayList<>();
    private final List<List<Expected>> buckets = new ArrayList<>();
    private final OpenBatch open;
    private final PartBody body;

    BodyBatch(String format, List<Arrival> arrivals) {
        this(format, arrivals, Keying.wholeRecord(1));
    }

    /** The same whose records were looked through for a key in JSON, which none has: each is its own key again. */
    static BodyBatch lookedThrough(String format, List<Arrival> arrivals) {
        return new BodyBatch(format, arrivals, new Keying(KeySpec.parse("json:/of/no/record"), MissingKey.RECORD, 1));
    }

    private BodyBatch(String format, List<Arrival> arrivals, Keying keying) {
        Chunks chunks = new Chunks();
        long records = 0;
        Map<String, Integer> seen = new HashMap<>();
        for (Arrival arrival : arrivals) {
            add(chunks, arrival);
            for (int i = 0; i < arrival.records.size(); i++) {
                Beside beside = arrival.frames == null ? null : arrival.frames.get(i);
                boolean tombstone = beside != null && beside.tombstone;
                byte[] record = tombstone ? new byte[0] : arrival.records.get(i);
                String key = tombstone ? TOMBSTONE : new String(record, StandardCharsets.ISO_8859_1);
                int bucket = seen.merge(key, 1, Integer::sum) - 1;
                if (bucket == buckets.size()) {
                    buckets.add(new ArrayList<>());
                }
                buckets.get(bucket).add(new Expected(record, arrival, arrival.first + i, beside));
                records++;
            }
        }
        Shape shape = new Shape("edge-1", "record", "record", 1, List.of(new SinkShape("api", "http", format, 1, 1)));
        Assignment assignment = new BucketAssigner(1, Runnable::run).assign(chunks, keying, format.equals("envelope"));
        Cut cut = new Cut(1, 0, 1000, 64, records, chunks.bytes(), shape);
        open = new OpenBatch("00c0ffee", cut, assignment, chunks, tag -> tag, false);
        try {
            body = PartBody.of(format, open);
        } catch (IllegalArgumentException e) {
            close();
            throw e;
        }
    }

    private void add(Chunks chunks, Arrival arrival) {
        byte[] payload = arrival.payload();
        boolean framed = arrival.frames != null;
        BlockBytes block = new BlockBytes(
                new StreamId(arrival.source, arrival.stream, true),
                arrival.first,
                arrival.records.size(),
                arrival.millis,
                payload,
                framed);
        Region region = new Region(Memory.allocate(block.bytes().length), block.bytes().length);
        memory.add(region);
        Memory.copyFromArray(block.bytes(), 0, block.bytes().length, region.address);
        chunks.add(region.address + block.payload(), payload.length, arrival.records.size(), region.address, framed);
    }

    /** A block of one stream. */
    static Arrival block(List<byte[]> records) {
        return new Arrival("logs", "10.0.0.1:4711", 0, 0, records);
    }

    PartBody body() {
        return body;
    }

    OpenBatch open() {
        return open;
    }

    List<List<Expected>> buckets() {
        return buckets;
    }

    /** The body of a part, which must fill its place and touch nothing around it. */
    byte[] write(int bucket, long first, long end) {
        PartBody.Extent extent = body.extent(bucket, first, end);
        return NativeText.filled(extent.bodyBytes(), address -> body.write(bucket, first, extent, address));
    }

    @Override
    public void close() {
        open.close();
        memory.forEach(region -> Memory.free(region.address, region.length));
    }
}
