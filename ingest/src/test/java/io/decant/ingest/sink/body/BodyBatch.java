package io.decant.ingest.sink.body;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.BlockBytes;
import io.decant.ingest.journal.Cut;
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

    /** A block: records without newlines, at least one. */
    record Arrival(String source, String stream, long first, long millis, List<byte[]> records) {}

    /** A record and where it came from. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Expected(byte[] bytes, Arrival block, long position) {}

    private record Region(long address, long length) {}

    private final List<Region> memory = new ArrayList<>();
    private final List<List<Expected>> buckets = new ArrayList<>();
    private final OpenBatch open;
    private final PartBody body;

    BodyBatch(String format, List<Arrival> arrivals) {
        Chunks chunks = new Chunks();
        long records = 0;
        Map<String, Integer> seen = new HashMap<>();
        for (Arrival arrival : arrivals) {
            add(chunks, arrival);
            for (int i = 0; i < arrival.records.size(); i++) {
                byte[] record = arrival.records.get(i);
                int bucket = seen.merge(new String(record, StandardCharsets.ISO_8859_1), 1, Integer::sum) - 1;
                if (bucket == buckets.size()) {
                    buckets.add(new ArrayList<>());
                }
                buckets.get(bucket).add(new Expected(record, arrival, arrival.first + i));
                records++;
            }
        }
        Shape shape = new Shape("edge-1", "record", "record", 1, List.of(new SinkShape("api", "http", format, 1, 1)));
        Assignment assignment =
                new BucketAssigner(1, Runnable::run).assign(chunks, Keying.wholeRecord(1), format.equals("envelope"));
        Cut cut = new Cut(1, 0, 1000, 64, records, chunks.bytes(), shape);
        open = new OpenBatch("00c0ffee", cut, assignment, chunks, tag -> tag);
        try {
            body = PartBody.of(format, open);
        } catch (IllegalArgumentException e) {
            close();
            throw e;
        }
    }

    private void add(Chunks chunks, Arrival arrival) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        arrival.records.forEach(record -> {
            lines.writeBytes(record);
            lines.write('\n');
        });
        BlockBytes block = new BlockBytes(
                new StreamId(arrival.source, arrival.stream, true),
                arrival.first,
                arrival.records.size(),
                arrival.millis,
                lines.toByteArray());
        Region region = new Region(Memory.allocate(block.bytes().length), block.bytes().length);
        memory.add(region);
        Memory.copyFromArray(block.bytes(), 0, block.bytes().length, region.address);
        chunks.add(region.address + block.payload(), lines.size(), arrival.records.size(), region.address);
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
        long bytes = body.extent(bucket, first, end).bodyBytes();
        return NativeText.filled(bytes, address -> body.write(bucket, first, end, address));
    }

    @Override
    public void close() {
        open.close();
        memory.forEach(region -> Memory.free(region.address, region.length));
    }
}
