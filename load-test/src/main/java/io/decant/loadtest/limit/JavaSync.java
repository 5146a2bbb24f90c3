package io.decant.loadtest.limit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** {@code limit sync}: how long 4 KiB take to the disk. */
final class JavaSync {

    private static final int SMALL_BYTES = 4 << 10;
    private static final long FILE_BYTES = 64L << 20;
    private static final int DIGITS = 3;

    private JavaSync() {}

    static void run(Path file, long seconds) throws IOException {
        Histogram histogram = new Histogram(DIGITS);
        ByteBuffer small = ByteBuffer.allocateDirect(SMALL_BYTES);
        try (FileChannel channel = Preallocated.open(file, FILE_BYTES)) {
            long start = System.nanoTime();
            long before = start;
            for (long i = 0; before - start < TimeUnit.SECONDS.toNanos(seconds); i++) {
                Preallocated.writeFully(channel, small.clear(), i * SMALL_BYTES % FILE_BYTES);
                channel.force(false);
                long after = System.nanoTime();
                histogram.recordValue(after - before);
                before = after;
            }
        }
        System.out.println("count " + histogram.getTotalCount() + " p50 " + histogram.getValueAtPercentile(50) + " p99 "
                + histogram.getValueAtPercentile(99) + " max " + histogram.getMaxValue());
    }
}
