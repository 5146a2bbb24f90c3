package io.decant.loadtest.load;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long each record waited for its acknowledgement, counted from the {@link Schedule}. One thread calls
 * {@link #acknowledged}; any may take histograms, which are in nanoseconds, three digits.
 */
public final class LatencyRecorder {

    private static final long NANOS_MAX = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final Schedule schedule;
    private final long firstSend;
    private final Recorder recorder = new Recorder(1, NANOS_MAX, DIGITS);
    private long sends;

    /** @param firstSend the first send that counts; those before it warm up */
    public LatencyRecorder(Schedule schedule, long firstSend) {
        this.schedule = schedule;
        this.firstSend = firstSend;
    }

    /** All of the first {@code records} records are durable, which was heard at {@code nowNanos}. */
    public void acknowledged(long records, long nowNanos) {
        int each = schedule.recordsPerSend();
        for (; (sends + 1) * each <= records; sends++) {
            if (sends >= firstSend) {
                long waited = Math.max(1, Math.min(nowNanos - schedule.dueNanos(sends), NANOS_MAX));
                recorder.recordValueWithCount(waited, each);
            }
        }
    }

    /** What was recorded since the last call. */
    public Histogram interval() {
        return recorder.getIntervalHistogram();
    }
}
