package io.decant.offload.capacity;

/** What Spark asks YARN for. */
public final class SparkContainers {

    /** Beside a heap, however small: what the JVM itself takes. */
    private static final long OVERHEAD_MEBIBYTES_MIN = 384;

    /** {@code spark.yarn.am.memory}: with the driver elsewhere, the application master only asks for containers. */
    private static final long MASTER_HEAP_MEBIBYTES = 512;

    private SparkContainers() {}

    /**
     * An executor's container.
     *
     * @param overheadMebibytes what it is given beside its heap
     */
    public static Resources executor(long heapBytes, long overheadMebibytes, int cores) {
        return new Resources(mebibytes(heapBytes) + overheadMebibytes, cores);
    }

    /**
     * What an executor is given beside its heap: a tenth of that, at least 384 MiB, which is Spark's own rule, and what
     * its tasks take off the heap; {@code spark.executor.memoryOverhead}.
     */
    public static long overheadMebibytes(long heapBytes, long nativeBytes) {
        return Math.max(OVERHEAD_MEBIBYTES_MIN, mebibytes(heapBytes) / 10) + mebibytes(nativeBytes);
    }

    /** The application master's container. */
    public static Resources master() {
        return new Resources(MASTER_HEAP_MEBIBYTES + OVERHEAD_MEBIBYTES_MIN, 1);
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
