package io.decant.loadtest.jmh;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One batch by one, two and three keys, each of which repeats in 10 % of the records, on two threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SeveralKeysBenchmark {

    private static final int THREADS = 2;
    private static final int KEYS_MAX = 3;
    private static final int LINE_BYTES = 41;
    private static final int CHUNK_RECORDS = 10_000;
    private static final int FIRST_VALUE = 10_000_000;

    /** Records of the batch. */
    @Param("10000000")
    public int records;

    /** How many keys each has. */
    @Param({"1", "2", "3"})
    public int keys;

    /** Percentage of the records that have one and the same first key. */
    @Param({"0", "50"})
    public int hotPercent;

    private ExecutorService threads;
    private BucketAssigner assigner;
    private Keying keying;
    private Chunks chunks;
    private long memory;

    @Setup
    public void prepare() {
        threads = Executors.newFixedThreadPool(THREADS);
        assigner = new BucketAssigner(THREADS, threads);
        KeySpec spec = KeySpec.parse(IntStream.rangeClosed(1, keys)
                .mapToObj(column -> "csv:" + column)
                .toList());
        keying = new Keying(spec, MissingKey.RECORD, 1);
        memory = Memory.allocate((long) records * LINE_BYTES);
        chunks = new Chunks();
        SplittableRandom random = new SplittableRandom(1);
        for (int record = 0; record < records; record++) {
            byte[] line = line(random, record);
            Memory.copyFromArray(line, 0, LINE_BYTES, memory + (long) record * LINE_BYTES);
        }
        for (int first = 0; first < records; first += CHUNK_RECORDS) {
            int count = Math.min(CHUNK_RECORDS, records - first);
            chunks.add(memory + (long) first * LINE_BYTES, count * LINE_BYTES, count, first);
        }
    }

    private byte[] line(SplittableRandom random, int record) {
        StringBuilder line = new StringBuilder();
        for (int key = 0; key < KEYS_MAX; key++) {
            boolean again = random.nextInt(10) == 0;
            int value = FIRST_VALUE + (again ? random.nextInt(record + 1) : record);
            boolean hot = key == 0 && random.nextInt(100) < hotPercent;
            line.append('k').append(hot ? 0 : value).append(',');
        }
        line.append("x".repeat(LINE_BYTES - 1 - line.length())).append('\n');
        return line.toString().getBytes(StandardCharsets.US_ASCII);
    }

    @TearDown
    public void release() {
        chunks.close();
        Memory.free(memory, (long) records * LINE_BYTES);
        threads.shutdown();
    }

    @Benchmark
    public int assign() {
        try (Assignment assignment = assigner.assign(chunks, keying)) {
            return assignment.buckets();
        }
    }
}
