package io.decant.loadtest.cases;

import io.decant.loadtest.load.Flood;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ProcessUsage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How fast something counted up over a while, and what that cost the process that did it.
 *
 * @param recordsPerSecond within the time that was measured
 * @param cpuSecondsPerMillion of the process, a million records; NaN where the system does not tell
 * @param residentBytes memory at the end; NaN where the system does not tell
 */
record Pace(double recordsPerSecond, double cpuSecondsPerMillion, double residentBytes) {

    /** What a build may lose against an earlier one, in any row. */
    static final double LOSS_MAX = 0.03;

    private static final double MILLION = 1e6;

    /**
     * Watches a flood that runs.
     *
     * @param warmSeconds not measured
     * @param seconds measured; fewer when {@code sentBytesMax} is reached
     * @param count of records that are done
     * @param usage of the process
     */
    static Pace of(
            Flood flood,
            int lineBytes,
            int warmSeconds,
            int seconds,
            long sentBytesMax,
            LongSupplier count,
            Supplier<Optional<ProcessUsage>> usage) {
        long sentMax = sentBytesMax / lineBytes;
        Wait.orEnough(TimeUnit.SECONDS.toNanos(warmSeconds), () -> {
            flood.requireRunning();
            return flood.sent() > sentMax / 2;
        });
        Optional<ProcessUsage> usageBefore = usage.get();
        long countBefore = count.getAsLong();
        long start = System.nanoTime();
        Wait.orEnough(TimeUnit.SECONDS.toNanos(seconds), () -> {
            flood.requireRunning();
            return flood.sent() > sentMax;
        });
        long counted = count.getAsLong() - countBefore;
        double took = (System.nanoTime() - start) / 1e9;
        Optional<ProcessUsage> usageAfter = usage.get();
        double cpu = usageAfter.map(ProcessUsage::cpuSeconds).orElse(Double.NaN)
                - usageBefore.map(ProcessUsage::cpuSeconds).orElse(Double.NaN);
        return new Pace(
                counted / took,
                cpu * MILLION / counted,
                usageAfter.map(after -> (double) after.residentBytes()).orElse(Double.NaN));
    }

    /**
     * The rows that a case shows of such rounds.
     *
     * @param what became of the records
     * @param against name of what {@code limit} measured
     */
    static List<Row> rows(String what, Series<Pace> ours, String against, Series<Pace> limit, Target target) {
        return List.of(
                Row.of(
                        what,
                        "records/s",
                        ours.stats(Pace::recordsPerSecond),
                        against,
                        limit.stats(Pace::recordsPerSecond),
                        target),
                Row.of(
                        "CPU",
                        "s a million",
                        ours.stats(Pace::cpuSecondsPerMillion),
                        against,
                        limit.stats(Pace::cpuSecondsPerMillion)),
                Row.of("resident memory, the mapped journal included", "B", ours.stats(Pace::residentBytes)));
    }

    /** The same rounds beside those of an earlier build; none where it had no turn. */
    static List<Row> earlierRows(String what, Series<Pace> ours, Series<Pace> earlier) {
        if (earlier.isEmpty()) {
            return List.of();
        }
        return List.of(
                Row.of(
                        what,
                        "records/s",
                        ours.stats(Pace::recordsPerSecond),
                        LoadTest.EARLIER,
                        earlier.stats(Pace::recordsPerSecond),
                        Target.atLeast(1 - LOSS_MAX)),
                Row.of(
                        "CPU",
                        "s a million",
                        ours.stats(Pace::cpuSecondsPerMillion),
                        LoadTest.EARLIER,
                        earlier.stats(Pace::cpuSecondsPerMillion),
                        Target.atMost(1 + LOSS_MAX)));
    }
}
