package io.decant.loadtest.jmh;

import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.source.UnfinishedLine;
import io.decant.ingest.source.tcp.LineFramer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
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

/** Cutting a read of 1 MiB at its last line end, and counting its records; in records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FramingBenchmark {

    private static final int RECORD_BYTES_MAX = 1 << 20;
    private static final long UNFINISHED_BYTES_MAX = 64 << 20;

    private LineFramer framer;
    private ByteBuf read;
    private long records;

    @Setup
    public void prepare() {
        framer = new LineFramer(
                RECORD_BYTES_MAX,
                new UnfinishedLine(new UnfinishedBudget(UNFINISHED_BYTES_MAX, 1), () -> {}),
                PooledByteBufAllocator.DEFAULT);
        read = JmhRecords.block();
    }

    @TearDown
    public void release() {
        framer.drop();
        read.release();
    }

    @Benchmark
    @OperationsPerInvocation(JmhRecords.BLOCK_RECORDS)
    public long frame() {
        framer.take(read.retainedDuplicate(), (payload, count) -> {
            records += count;
            payload.release();
        });
        return records;
    }
}
