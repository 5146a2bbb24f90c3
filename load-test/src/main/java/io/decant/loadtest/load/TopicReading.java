package io.decant.loadtest.load;

import io.decant.loadtest.server.ProcessUsage;

/**
 * What it took this process to read a topic to its end and do nothing with its records.
 *
 * @param recordsPerSecond from the first record on
 * @param cpuSecondsPerMillion of all threads, in user and kernel; NaN where the system does not tell
 */
public record TopicReading(double recordsPerSecond, double cpuSecondsPerMillion) {

    private static final double MILLION = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /** A reading under way. For one thread at a time. */
    static final class Watch {
        private final long nanos = System.nanoTime();
        private final double cpuSeconds = cpuSeconds();

        /** @param records that came since this was made */
        TopicReading stop(long records) {
            double seconds = (System.nanoTime() - nanos) / NANOS_PER_SECOND;
            return new TopicReading(records / seconds, (cpuSeconds() - cpuSeconds) * MILLION / records);
        }

        private static double cpuSeconds() {
            return ProcessUsage.of(ProcessHandle.current().pid())
                    .map(ProcessUsage::cpuSeconds)
                    .orElse(Double.NaN);
        }
    }
}
