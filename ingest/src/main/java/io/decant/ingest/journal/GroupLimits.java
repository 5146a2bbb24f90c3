package io.decant.ingest.journal;

/**
 * How much goes into one entry of blocks, and how far the writer runs ahead of the disk.
 *
 * @param blocksMax most blocks in one entry
 * @param bytesMax most payload bytes in an entry of several blocks
 * @param blockBytesMax longest payload of a single block, which then is an entry of its own
 * @param aheadBytesMax appended and not yet synced bytes at which the writer waits
 */
public record GroupLimits(int blocksMax, int bytesMax, int blockBytesMax, long aheadBytesMax) {

    public GroupLimits {
        if (blocksMax < 1 || bytesMax < 1 || blockBytesMax < 1 || aheadBytesMax < bytesMax) {
            throw new IllegalArgumentException("no limits: " + blocksMax + " blocks, " + bytesMax + " bytes, "
                    + blockBytesMax + " of a block, " + aheadBytesMax + " ahead");
        }
    }

    /**
     * What was measured to be fastest: entries of 1 MiB, 8 MiB ahead of the disk.
     *
     * @param blockBytesMax longest payload that a source may hand in
     */
    public static GroupLimits measured(int blockBytesMax) {
        return new GroupLimits(512, 1 << 20, blockBytesMax, 8L << 20);
    }

    /** Payload bytes of an entry at the most. */
    public int entryBytesMax() {
        return Math.max(bytesMax, blockBytesMax);
    }
}
