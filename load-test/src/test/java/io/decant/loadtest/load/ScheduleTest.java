package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.loadtest.load.PacedClient.LatencyRecorder;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void shouldBeEvenlyApart() {
        Schedule schedule = new Schedule(1_000, 10_000, 1);
        assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
        assertThat(schedule.dueNanos(1)).isEqualTo(101_000);
        assertThat(schedule.dueNanos(10_000)).isEqualTo(1_000 + SECOND);
    }

    @Property
    void shouldKeepItsPaceHoweverLong(
            @ForAll @DoubleRange(min = 1_000, max = 1e7) double recordsPerSecond,
            @ForAll @IntRange(min = 1, max = 10_000) int recordsPerSend,
            @ForAll @LongRange(min = 1, max = 1_000_000) long send) {
        Schedule schedule = new Schedule(0, recordsPerSecond, recordsPerSend);
        double records = schedule.dueNanos(send) / 1e9 * recordsPerSecond;
        assertThat(Math.abs(records - (double) send * recordsPerSend)).isLessThan(1 + recordsPerSecond / 1e8);
    }

    @Test
    void shouldRefuseWhatIsNone() {
        assertThatThrownBy(() -> new Schedule(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Schedule(0, Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Schedule(0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * A server that answers at once, but for one second in which it does not: those who would have come then have
     * waited.
     */
    @Test
    void shouldChargeAStallToAllWhoWouldHaveComeMeanwhile() {
        Schedule schedule = new Schedule(0, 1_000, 1);
        LatencyRecorder recorder = new LatencyRecorder(schedule, 0);
        for (int i = 0; i < 1_000; i++) {
            recorder.acknowledged(i + 1, schedule.dueNanos(i) + 1_000);
        }
        // The generator could send none of these when they were due, and all are answered together.
        recorder.acknowledged(2_000, schedule.dueNanos(2_000));
        Histogram waited = recorder.interval();
        assertThat(waited.getTotalCount()).isEqualTo(2_000);
        assertThat(waited.getValueAtPercentile(49)).isLessThan(2_000);
        assertThat(waited.getValueAtPercentile(75)).isBetween(SECOND / 2 - SECOND / 50, SECOND / 2 + SECOND / 50);
        assertThat(waited.getMaxValue()).isBetween(SECOND - SECOND / 50, SECOND + SECOND / 50);
    }

    @Test
    void shouldCountEachRecordOfASendOnceItIsWhollyAcknowledged() {
        Schedule schedule = new Schedule(0, 1_000, 10);
        LatencyRecorder recorder = new LatencyRecorder(schedule, 0);
        recorder.acknowledged(9, 5_000);
        assertThat(recorder.interval().getTotalCount()).isZero();
        recorder.acknowledged(25, 5_000);
        assertThat(recorder.interval().getTotalCount()).isEqualTo(20);
    }

    @Test
    void shouldLeaveWarmingUpOut() {
        Schedule schedule = new Schedule(0, 1_000, 1);
        LatencyRecorder recorder = new LatencyRecorder(schedule, 100);
        recorder.acknowledged(150, SECOND);
        assertThat(recorder.interval().getTotalCount()).isEqualTo(50);
    }
}
