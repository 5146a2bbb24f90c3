package io.decant.bucketer;

/**
 * How much memory may be taken by what the records of one batch become.
 *
 * <p>Up to {@link #inMemory} outputs, and in any case as many as the batch has records, are split in one pass: 20 bytes
 * each and 20 for each key that it can have while they are, 16 afterwards. With several keys all are, however many.
 * More are split in passes over the batch, each of which finds the outputs of one window of the buckets: {@link #keys}
 * hashes in memory (32 bytes each) and {@link #window} outputs (48 bytes each), and a bit for each output of the
 * batch where different keys are too many for one table.
 *
 * <p>What transforms build is kept up to {@link #builtBytes}; beyond that it is built again for each look.
 *
 * @param inMemory outputs that are split in one pass
 * @param builtBytes kept of what is built
 * @param keys different hashes that one table holds, at least 1
 * @param window outputs of a window, at least 1
 */
record OutputBounds(long inMemory, long builtBytes, long keys, long window) {

    static final OutputBounds DEFAULT = new OutputBounds(12_000_000, 128L << 20, 3_000_000, 3_000_000);

    private static final int BYTES_WHILE_SPLIT = 20;
    /** The hash, the same by partition, and a number for each two. */
    private static final int KEY_BYTES_WHILE_SPLIT = 20;

    private static final int BYTES_ONCE_SPLIT = 16;

    /**
     * Most bytes of a batch of so many records while it is split. With several keys more, in proportion, where more
     * than {@link #inMemory} outputs come of it.
     *
     * @param keys that a record can have
     */
    long bytesWhileSplit(long records, int keys) {
        return Math.max(inMemory, records) * (BYTES_WHILE_SPLIT + KEY_BYTES_WHILE_SPLIT * (long) keys) + builtBytes;
    }

    /** Most bytes of a batch of so many records once it is split. */
    long bytesOnceSplit(long records) {
        return Math.max(inMemory, records) * BYTES_ONCE_SPLIT + builtBytes;
    }
}
