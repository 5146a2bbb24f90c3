package io.decant.offload.staging;

import java.io.Serializable;

/**
 * How large a block file may become. One task holds one in memory, with about 60 bytes for each of its records, so both are bounded.
 *
 * @param bytes most bytes of a file, unless a single block is larger; best the filesystem's block size, so that a task reads from one disk
 * @param records most records of a file, unless a single block has more
 */
public record BlockFileLimits(long bytes, long records) implements Serializable {

    /** What HDFS takes for a block. */
    public static final long BYTES_DEFAULT = 128L << 20;

    public static final long BYTES_MIN = 1L << 20;
    /** A file is in one piece in memory. */
    public static final long BYTES_MAX = 1L << 30;

    /** Records of 64 bytes fill a file by default before there are as many; of shorter ones the tables would outgrow the records. */
    public static final long RECORDS_DEFAULT = 2L << 20;

    public BlockFileLimits {
        if (bytes < 1 || bytes > BYTES_MAX || records < 1) {
            throw new IllegalArgumentException(
                    "no limits of a block file: " + bytes + " bytes, " + records + " records");
        }
    }

    /** The defaults, for a filesystem whose blocks are of {@code blockBytes} bytes. */
    public static BlockFileLimits forBlocksOf(long blockBytes) {
        return new BlockFileLimits(Math.max(BYTES_MIN, Math.min(BYTES_DEFAULT, blockBytes)), RECORDS_DEFAULT);
    }
}
