package io.decant.loadtest.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** CRC32C over an entry of 1 MiB, as the journal has it; in records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChecksumBenchmark {

    private ByteBuffer entry;

    @Setup
    public void prepare() {
        entry = JmhRecords.blocks(1).take();
    }

    @Benchmark
    @OperationsPerInvocation(JmhRecords.BLOCK_RECORDS)
    public long crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(entry.duplicate());
        return crc.getValue();
    }
}
