package io.decant.loadtest.limit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The program of {@code limit.c} for machines without a compiler: the same arguments, the same work, the same answers.
 */
public final class JavaLimit {

    private JavaLimit() {}

    /**
     * {@code ingest FILE BYTES}, {@code grow FILE BYTES}, {@code assign FILE RECORDS exact|hash} or {@code sync FILE
     * SECONDS}.
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        long number = Long.parseLong(arguments[2]);
        switch (arguments[0]) {
            case "ingest" -> new JavaIngest(file, number, false).run();
            case "grow" -> new JavaIngest(file, number, true).run();
            case "assign" -> JavaAssign.run(file, number, arguments[3].equals("exact"));
            case "sync" -> JavaSync.run(file, number);
            default -> throw new IllegalArgumentException("ingest, grow, assign or sync");
        }
    }

    /** {@code limit sync}: how long 4 KiB take to the disk. */
    private static final class JavaSync {

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
            System.out.println("count " + histogram.getTotalCount() + " p50 " + histogram.getValueAtPercentile(50)
                    + " p99 " + histogram.getValueAtPercentile(99) + " max " + histogram.getMaxValue());
        }
    }
}
