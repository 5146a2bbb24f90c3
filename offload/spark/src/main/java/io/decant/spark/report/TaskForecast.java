package io.decant.spark.report;

/**
 * What is known of a job before it runs.
 *
 * @param tasks that read the input: one for each split of a plain file, one for each compressed file that is read whole
 * @param plainBytes of files that can be split
 * @param splitBytes of the largest split of a plain file; 0 without any
 * @param plainFiles how many there are
 * @param packedFiles compressed files: nothing can be read from the middle of one
 * @param packedBytes of those, as they are
 * @param unpacksFirst whether compressed files are unpacked by a stage of their own, whose output is split then: how
 *     many tasks that makes is not known before
 * @param slots that the tasks run on
 */
public record TaskForecast(
        long tasks,
        long plainBytes,
        long splitBytes,
        long plainFiles,
        long packedFiles,
        long packedBytes,
        boolean unpacksFirst,
        Slots slots) {

    /** The most of the tasks that will run at once. */
    public int atATime() {
        return (int) Math.min(tasks, slots.atATime());
    }

    /** How often a core begins one of the tasks that read the input, at most. */
    public long waves() {
        return slots.waves(tasks);
    }

    /** Whether {@link #tasks} is the number of tasks that will run; else it is only part of it. */
    public boolean isWhole() {
        return !unpacksFirst || packedFiles == 0;
    }

    /** {@code 12 tasks = 1.5 GiB / 128 MiB on 2 executors of 1 core: 2 at a time, 6 waves}. */
    public String line() {
        StringBuilder line = new StringBuilder(Texts.counted(tasks, "task"));
        String input = input();
        line.append(input.isEmpty() ? "" : " = " + input);
        if (!isWhole()) {
            line.append(", and more for what ")
                    .append(Texts.counted(packedFiles, "compressed file"))
                    .append(" of ")
                    .append(Texts.bytes(packedBytes))
                    .append(packedFiles == 1 ? " holds" : " hold");
        }
        if (slots.executors() == 0) {
            return line.append("; they wait until the cluster has room for an executor")
                    .toString();
        }
        return line.append(" on ")
                .append(slots)
                .append(": ")
                .append(atATime())
                .append(" at a time, ")
                .append(Texts.counted(waves(), "wave"))
                .toString();
    }

    /** What the tasks are made of: {@code 1.5 GiB / 128 MiB}; empty without input. */
    String input() {
        StringBuilder input = new StringBuilder();
        if (plainFiles > 0 && splitBytes > 0) {
            input.append(Texts.bytes(plainBytes)).append(" / ").append(Texts.bytes(splitBytes));
            if (plainFiles > 1) {
                input.append(" in ").append(Texts.counted(plainFiles, "file"));
            }
        }
        if (packedFiles > 0 && !unpacksFirst) {
            input.append(input.isEmpty() ? "" : " + ")
                    .append(Texts.counted(packedFiles, "compressed file"))
                    .append(" of ")
                    .append(Texts.bytes(packedBytes));
        }
        return input.toString();
    }
}
