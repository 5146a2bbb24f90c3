package io.decant.loadtest.jmh;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.RecordOrigin;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import io.decant.loadtest.load.RealRecords;
import io.decant.loadtest.load.RealRecords.Form;
import io.decant.loadtest.load.RealRecords.Keys;
import io.decant.loadtest.load.RecordPool;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A batch of JSON of 200 bytes, split into buckets and made into bodies by one thread, a record each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BodyBenchmark {

    static final int RECORDS = 4_000;

    private static final int LINE_BYTES = RealRecords.BYTES + 1;
    private static final int BODY_BYTES = 4 << 20;
    private static final int BODY_RECORDS = 10_000;

    /** How records are told apart and in which format they go out. */
    @Param({
        "record lines",
        "json:/user/id lines",
        "json:/user/id json",
        "json:/user/id,json:/order/id json",
        "json:/user/id envelope",
        "record json"
    })
    public String way;

    private final Chunks chunks = new Chunks();
    private final BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
    private RecordPool pool;
    private Keying keying;
    private Cut cut;
    private String format;
    private long body;
    private long names;

    @Setup
    public void prepare() {
        String[] words = way.split(" ", -1);
        format = words[1];
        List<String> keys = List.of(words[0].split(",", -1));
        KeySpec key = keys.size() == 1
                ? KeySpec.parse(keys.get(0))
                : KeySpec.composite(keys.stream().map(KeySpec::parse).toList());
        keying = new Keying(key, MissingKey.RECORD, 1);
        pool = RealRecords.pool(Form.JSON, Keys.FEW_REPEATS, RECORDS * LINE_BYTES, 1);
        long address = Memory.addressOf(pool.take());
        chunks.add(address, RECORDS * LINE_BYTES, RECORDS, 0, false);
        Shape shape = new Shape("bench", words[0], "record", 1, List.of(new SinkShape("api", "http", format, 1, 1)));
        cut = new Cut(1, 0, 1000, 64, RECORDS, (long) RECORDS * LINE_BYTES, shape);
        body = Memory.allocate(BODY_BYTES);
        byte[] text = Origin.TEXT.getBytes(StandardCharsets.US_ASCII);
        names = Memory.allocate(text.length);
        Memory.copyFromArray(text, 0, text.length, names);
    }

    @TearDown
    public void release() {
        chunks.close();
        Memory.free(body, BODY_BYTES);
        Memory.free(names, Origin.TEXT.length());
    }

    /** All records come from one block. */
    private static final class Origin implements RecordOrigin {

        static final String TEXT = "logs10.0.0.1:4711";
        private static final int SOURCE_BYTES = 4;
        private static final long MILLIS = 1_700_000_000_123L;

        private final long names;
        private boolean turned;

        Origin(long names) {
            this.names = names;
        }

        @Override
        public boolean turnTo(int bucket, long ordinal) {
            boolean first = !turned;
            turned = true;
            return first;
        }

        @Override
        public long position() {
            return RECORDS;
        }

        @Override
        public int index() {
            return -1;
        }

        @Override
        public long arrivalMillis() {
            return MILLIS;
        }

        @Override
        public long sourceAddress() {
            return names;
        }

        @Override
        public int sourceBytes() {
            return SOURCE_BYTES;
        }

        @Override
        public long streamAddress() {
            return names + SOURCE_BYTES;
        }

        @Override
        public int streamBytes() {
            return TEXT.length() - SOURCE_BYTES;
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public long splitAndWrite() {
        long bytes = 0;
        try (Assignment buckets = assigner.assign(chunks, keying, false);
                OpenBatch batch =
                        new OpenBatch("00c0ffee", cut, buckets, () -> new Origin(names), Map.of(), false, () -> {})) {
            PartBody bodies = PartBody.of(format, batch);
            for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
                long records = buckets.records(bucket);
                for (long first = 0; first < records; ) {
                    PartBody.Extent part = bodies.extent(bucket, first, records, BODY_RECORDS, BODY_BYTES);
                    bytes += bodies.write(bucket, first, part, body);
                    first = part.end();
                }
            }
        }
        return bytes;
    }
}
