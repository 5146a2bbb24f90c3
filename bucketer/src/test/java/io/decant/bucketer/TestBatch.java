package io.decant.bucketer;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records laid out in chunks off the heap. */
final class TestBatch implements AutoCloseable {

    private final List<NativeBytes> memory = new ArrayList<>();
    private final Chunks chunks = new Chunks();

    /** Cuts the records into chunks of 1 to {@code chunkRecordsMax} records. */
    static TestBatch of(List<byte[]> records, int chunkRecordsMax, Random random) {
        TestBatch batch = new TestBatch();
        for (int from = 0; from < records.size(); ) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(chunkRecordsMax));
            batch.add(lines(records.subList(from, to)), to - from, from);
            from = to;
        }
        return batch;
    }

    void add(byte[] bytes, int announced, long tag) {
        add(bytes, bytes.length, announced, tag, false);
    }

    /** @param length how many of the bytes the chunk is said to have */
    void add(byte[] bytes, int length, int announced, long tag, boolean framed) {
        add(bytes, length, announced, tag, framed, 0);
    }

    void add(byte[] bytes, int length, int announced, long tag, boolean framed, int transform) {
        NativeBytes held = NativeBytes.of(bytes);
        memory.add(held);
        chunks.add(held.address(), length, announced, tag, framed, transform);
    }

    static byte[] lines(List<byte[]> records) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (byte[] record : records) {
            lines.writeBytes(record);
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    Chunks chunks() {
        return chunks;
    }

    @Override
    public void close() {
        chunks.close();
        memory.forEach(NativeBytes::close);
    }
}
