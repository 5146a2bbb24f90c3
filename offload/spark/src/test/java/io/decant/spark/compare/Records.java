package io.decant.spark.compare;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes the records, once on HDFS and once on the disk of this machine. The same for the same shape. Stateless. */
final class Records {

    static final int RECORDS = 5_000_000;
    static final int RECORD_BYTES = 100;
    static final int FILES = 8;

    private static final int LINE_BYTES = RECORD_BYTES + 1;
    /** Odd, so that different keys stay different; records in order would flatter a sort. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private static final int CHARACTER_BITS = 6;
    private static final long CHARACTER_MASK = (1 << CHARACTER_BITS) - 1;
    private static final int BUFFER_BYTES = 1 << 20;

    private Records() {}

    /**
     * Writes {@value #RECORDS} lines of {@value #RECORD_BYTES} printable characters each.
     *
     * @param folder gets {@value #FILES} files of equal size
     * @param local gets the same in one
     */
    static void write(Shape shape, FileSystem filesystem, Path folder, java.nio.file.Path local) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        long fresh = 0;
        try (OutputStream whole = new BufferedOutputStream(Files.newOutputStream(local), BUFFER_BYTES)) {
            for (int file = 0; file < FILES; file++) {
                try (OutputStream piece = new BufferedOutputStream(
                        filesystem.create(new Path(folder, "piece-" + file + ".lines")), BUFFER_BYTES)) {
                    for (int i = 0; i < RECORDS / FILES; i++) {
                        long key = shape.key(random, fresh);
                        fresh += key == fresh ? 1 : 0;
                        byte[] line = line(key);
                        whole.write(line);
                        piece.write(line);
                    }
                }
            }
        }
    }

    /** The key in the first characters, behind them what follows from it. */
    private static byte[] line(long key) {
        ByteBuffer line = ByteBuffer.allocate(LINE_BYTES);
        SplittableRandom rest = new SplittableRandom(key);
        for (long bits = key * SCATTER; line.remaining() > Long.BYTES; bits = rest.nextLong()) {
            for (int i = 0; i < Long.BYTES; i++) {
                line.put((byte) (' ' + ((bits >>> (i * CHARACTER_BITS)) & CHARACTER_MASK)));
            }
        }
        while (line.remaining() > 1) {
            line.put((byte) 'x');
        }
        return line.put((byte) '\n').array();
    }
}
