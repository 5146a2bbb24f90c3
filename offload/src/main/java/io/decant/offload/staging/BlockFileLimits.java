package io.decant.offload.staging;

import java.io.Serializable;

/**
 * How large a block file may become. One task holds one in memory, with about 60 bytes for each of its records, so both
 * are bounded.
 *
 * @param bytes most bytes of a file, unless a single block is larger; best the filesystem's block size, so that a task
 *     reads from one disk
 * @param records most records of a file, unless a single block has more
 */
public record BlockFileLimits(long bytes, long records) implements Serializable {

    /** What HDFS takes for a block. */
    public static final long BYTES_DEFAULT = 128L << 20;

    /**
     * Of smaller files the names would weigh more in the namenode's memory, and the tasks' beginnings more than what
     * they do.
     */
    public static final long BYTES_MIN = 4L << 20;
    /** A file is in one piece in memory. */
    public static final long BYTES_MAX = 1L << 30;

    /**
     * Records of 64 bytes fill a file by default before there are as many; of shorter ones the tables would outgrow the
     * records.
     */
    public static final long RECORDS_DEFAULT = 2L << 20;

    /** A batch's file ends behind whole entries of the journal, of which few are longer. */
    private static final long ENTRY_BYTES = 1L << 20;
    /** Beside the records of a batch's file, one part in so many may be headers of blocks. */
    private static final long HEADERS_PART = 128;

    public BlockFileLimits {
        if (bytes < 1 || bytes > BYTES_MAX || records < 1) {
            throw new IllegalArgumentException(
                    "invalid limits of a block file: " + bytes + " bytes, " + records + " records");
        }
    }

    /** The defaults, for a filesystem whose blocks are of {@code blockBytes} bytes. */
    public static BlockFileLimits forBlocksOf(long blockBytes) {
        return new BlockFileLimits(Math.max(BYTES_MIN, Math.min(BYTES_DEFAULT, blockBytes)), RECORDS_DEFAULT);
    }

    /**
     * How many files a batch becomes; more only where its records, or its blocks, are very short.
     *
     * @param batchBytes bytes of its records
     */
    public long files(long batchBytes) {
        return Math.max(1, ceilDiv(batchBytes, bytes));
    }

    /**
     * The limits of each of these files: headers and the last entry come on top of its records, so that as many records
     * as bytes of a filesystem's block make one file, the end of which lies in a second, short block.
     */
    public BlockFileLimits ofBatchFile() {
        return new BlockFileLimits(Math.min(BYTES_MAX, bytes + bytes / HEADERS_PART + ENTRY_BYTES), records);
    }

    /**
     * Where the file that begins behind {@code written} bytes of a batch's records should end, for {@link #files} files
     * of the same size.
     *
     * @return as many bytes of the batch, at which or behind which the next file begins
     */
    public long endOfFile(long written, long batchBytes) {
        long share = ceilDiv(batchBytes, files(batchBytes));
        return (written / share + 1) * share;
    }

    private static long ceilDiv(long count, long each) {
        return (count + each - 1) / each;
    }
}
