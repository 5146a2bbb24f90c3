package io.decant.ingest.journal;

/**
 * How much goes into one entry of blocks, and how far the writer runs ahead of the disk, and of those that read.
 *
 * @param blocksMax most blocks in one entry
 * @param bytesMax most payload bytes in an entry of several blocks
 * @param blockBytesMax longest payload of a single block, which then is an entry of its own
 * @param aheadBytesMax appended and not yet synced bytes at which the writer waits
 * @param cachedBytesMax bytes that no sink has, from which on what is appended is not kept in memory: it is read late,
 *     and pages that are new to the page cache may cost many times what is written into them
 */
public record GroupLimits(int blocksMax, int bytesMax, int blockBytesMax, long aheadBytesMax, long cachedBytesMax) {

    public GroupLimits {
        if (blocksMax < 1 || bytesMax < 1 || blockBytesMax < 1 || aheadBytesMax < bytesMax || cachedBytesMax < 0) {
            throw new IllegalArgumentException("invalid limits: " + blocksMax + " blocks, " + bytesMax + " bytes, "
                    + blockBytesMax + " of a block, " + aheadBytesMax + " ahead, "
                    + cachedBytesMax + " in memory");
        }
    }

    /**
     * What was measured to be fastest: entries of 1 MiB, 8 MiB ahead of the disk. Everything is kept in memory for
     * those that read.
     *
     * @param blockBytesMax longest payload that a source may hand in
     */
    public static GroupLimits measured(int blockBytesMax) {
        return new GroupLimits(512, 1 << 20, blockBytesMax, 8L << 20, Long.MAX_VALUE);
    }

    /** The same, with no more than so much undelivered data in memory. */
    public GroupLimits caching(long cached) {
        return new GroupLimits(blocksMax, bytesMax, blockBytesMax, aheadBytesMax, cached);
    }

    /** Payload bytes of an entry at the most. */
    public int entryBytesMax() {
        return Math.max(bytesMax, blockBytesMax);
    }
}
