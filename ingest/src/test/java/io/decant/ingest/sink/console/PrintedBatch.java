package io.decant.ingest.sink.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.BlockBytes;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.FrameBytes;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.journal.StreamId;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A batch of one block, bucketed as in production, for the sink {@code screen}. */
final class PrintedBatch implements AutoCloseable {

    static final String SINK = "screen";
    static final Instant WINDOW_END = Instant.parse("2026-11-28T10:00:03Z");

    private static final long SEED = 42;

    private final long address;
    private final int length;
    private final OpenBatch open;

    /** Of lines. */
    PrintedBatch(long number, String format, long limit, List<String> records) {
        this(number, format, limit, records.size(), (String.join("\n", records) + "\n").getBytes(UTF_8), false);
    }

    /** Of records in frames; null is one without a value. */
    static PrintedBatch framed(String format, List<String> records) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (String record : records) {
            frames.writeBytes(FrameBytes.of(
                    7,
                    WINDOW_END.toEpochMilli(),
                    null,
                    FrameBytes.headers(Map.of()),
                    record == null ? null : record.getBytes(UTF_8)));
        }
        return new PrintedBatch(1, format, Long.MAX_VALUE, records.size(), frames.toByteArray(), true);
    }

    private PrintedBatch(long number, String format, long limit, int records, byte[] payload, boolean framed) {
        BlockBytes block = new BlockBytes(
                new StreamId("lines", "127.0.0.1:4711", true), 0, records, WINDOW_END.toEpochMilli(), payload, framed);
        length = block.bytes().length;
        address = Memory.allocate(length);
        Memory.copyFromArray(block.bytes(), 0, length, address);
        Chunks chunks = new Chunks();
        chunks.add(address + block.payload(), payload.length, records, address, framed);
        Assignment buckets = new BucketAssigner(1, Runnable::run).assign(chunks, Keying.wholeRecord(SEED), true);
        SinkShape shape = new SinkShape(SINK, "console", format, limit, Long.MAX_VALUE);
        Cut cut = new Cut(
                number,
                WINDOW_END.minusSeconds(1).toEpochMilli(),
                WINDOW_END.toEpochMilli(),
                64,
                records,
                length,
                new Shape("edge-1", "record", "record", SEED, List.of(shape)));
        open = new OpenBatch("00c0ffee", cut, buckets, chunks, tag -> tag, false);
    }

    OpenBatch open() {
        return open;
    }

    /** The same batch, of which every look at a record is preceded by something. */
    OpenBatch openWith(Runnable beforeRead) {
        Buckets read = (Buckets) Proxy.newProxyInstance(
                Buckets.class.getClassLoader(), new Class<?>[] {Buckets.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("frame")) {
                        beforeRead.run();
                    }
                    return method.invoke(open.buckets(), arguments);
                });
        return new OpenBatch(open.journalId(), open.cut(), read, open.origins(), Map.of(), false, open.release());
    }

    @Override
    public void close() {
        open.close();
        Memory.free(address, length);
    }
}
