package io.decant.loadtest.jmh;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.loadtest.load.KeyedLines;
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
    private KeyedLines lines;

    @Setup
    public void prepare() {
        threads = Executors.newFixedThreadPool(THREADS);
        assigner = new BucketAssigner(THREADS, threads);
        KeySpec spec = KeySpec.parse(IntStream.rangeClosed(1, keys)
                .mapToObj(column -> "csv:" + column)
                .toList());
        keying = new Keying(spec, MissingKey.RECORD, 1);
        lines = new KeyedLines(records, hotPercent, 1);
    }

    @TearDown
    public void release() {
        lines.close();
        threads.shutdown();
    }

    @Benchmark
    public int assign() {
        try (Assignment assignment = assigner.assign(lines.chunks(), keying)) {
            return assignment.buckets();
        }
    }
}
