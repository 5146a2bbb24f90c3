package io.decant.ingest.pipeline;

/**
 * Where sources are paused for the disk, and where they resume: a tenth from the bound that they had reached, so
 * that they do not flutter at it.
 *
 * @param backlogBytesMax undelivered bytes beyond which they wait
 * @param freeBytesMin free bytes of the disk below which they wait
 */
record DiskBounds(long backlogBytesMax, long freeBytesMin) {

    private static final double RESUME_FRACTION = 0.9;

    /** Whether so much is undelivered that they must wait, or, {@code now} that they do, wait on. */
    boolean isBacklog(long backlogBytes, PauseReason now) {
        return backlogBytes > (now == PauseReason.BACKLOG ? backlogBytesMax * RESUME_FRACTION : backlogBytesMax);
    }

    /** Whether so little is free that they must wait, or, {@code now} that they do, wait on. */
    boolean isShort(long freeBytes, PauseReason now) {
        return freeBytes < (now == PauseReason.FREE_SPACE ? freeBytesMin / RESUME_FRACTION : freeBytesMin);
    }
}
