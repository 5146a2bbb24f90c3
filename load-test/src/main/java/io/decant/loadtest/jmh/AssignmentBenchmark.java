package io.decant.loadtest.jmh;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.loadtest.load.RecordPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Hashing keys, and assigning a batch of 64 MiB on one thread; in records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AssignmentBenchmark {

    private static final int BLOCKS = 64;
    private static final Keying KEYING = Keying.wholeRecord(1);

    /** Holds the memory that the chunks describe. */
    private final List<ByteBuffer> blocks = new ArrayList<>();

    private final KeyHasher hasher = KEYING.newHasher();
    private final BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
    private Chunks chunks;

    @Setup
    public void prepare() {
        RecordPool pool = JmhRecords.blocks(BLOCKS);
        chunks = new Chunks();
        for (int i = 0; i < BLOCKS; i++) {
            ByteBuffer block = pool.take();
            blocks.add(block);
            chunks.add(Memory.addressOf(block), block.remaining(), JmhRecords.BLOCK_RECORDS, i);
        }
    }

    @TearDown
    public void release() {
        chunks.close();
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS * JmhRecords.BLOCK_RECORDS)
    public long hash() {
        long sum = 0;
        for (ByteBuffer block : blocks) {
            long address = Memory.addressOf(block);
            for (int i = 0; i < JmhRecords.BLOCK_RECORDS; i++, address += JmhRecords.SHAPE.lineBytes()) {
                sum += hasher.hash(address, JmhRecords.SHAPE.bytes());
            }
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(BLOCKS * JmhRecords.BLOCK_RECORDS)
    public int assign() {
        try (Assignment assignment = assigner.assign(chunks, KEYING)) {
            return assignment.buckets();
        }
    }
}
