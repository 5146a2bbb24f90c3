package io.decant.loadtest.load;

/**
 * When each send is due, whatever became of those before it. Latencies are counted from here, not from the moment at
 * which a late generator got around to it; so a server that stalls is charged for all who would have come meanwhile (G.
 * Tene's "coordinated omission").
 *
 * @param startNanos of the first send, on the clock of {@link System#nanoTime()}
 * @param recordsPerSecond above 0
 * @param recordsPerSend at least 1
 */
public record Schedule(long startNanos, double recordsPerSecond, int recordsPerSend) {

    private static final double NANOS_PER_SECOND = 1e9;

    public Schedule {
        if (!(recordsPerSecond > 0) || recordsPerSend < 1) {
            throw new IllegalArgumentException(
                    "no schedule of " + recordsPerSend + " records at " + recordsPerSecond + " a second");
        }
    }

    /** When send number {@code send}, from 0, is due. */
    public long dueNanos(long send) {
        return startNanos + (long) (send * (recordsPerSend * NANOS_PER_SECOND / recordsPerSecond));
    }
}
