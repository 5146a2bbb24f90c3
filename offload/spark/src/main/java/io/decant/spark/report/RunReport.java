package io.decant.spark.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a cluster has made of a job.
 *
 * @param stages in the order in which they began; what was reused from an earlier run is none
 */
public record RunReport(List<StageRow> stages) {

    public RunReport {
        stages = List.copyOf(stages);
    }

    /** How many executors ran tasks. */
    public int executors() {
        return stagesByExecutor().size();
    }

    /** How many of them ran tasks of more than one stage. */
    public int reusedExecutors() {
        return (int)
                stagesByExecutor().values().stream().filter(count -> count > 1).count();
    }

    private Map<String, Integer> stagesByExecutor() {
        Map<String, Integer> counts = new HashMap<>();
        stages.forEach(stage -> stage.executors().forEach(executor -> counts.merge(executor, 1, Integer::sum)));
        return counts;
    }

    /**
     * The table, a line for each stage and one for the executors.
     *
     * @param forecast what was expected; a stage that reads the input with another number of tasks says so
     * @param hasHosts whether the input lies on hosts that are known, as on HDFS: only then is near or far a question
     */
    public List<String> lines(TaskForecast forecast, boolean hasHosts) {
        List<String[]> cells = new ArrayList<>();
        for (StageRow stage : stages) {
            cells.add(new String[] {
                String.join(", ", stage.operators()),
                tasks(stage, forecast),
                stage.atATime() + " at a time, " + Texts.counted(stage.waves(), "wave"),
                Texts.seconds(stage.millis()),
                stage.failed() == 0 ? "" : "  " + Texts.counted(stage.failed(), "failed attempt")
            });
        }
        String row = "stage %-" + Math.max(1, Integer.toString(stages.size()).length()) + "d  %-" + width(cells, 0)
                + "s  %-" + width(cells, 1) + "s  %-" + width(cells, 2) + "s  %" + width(cells, 3) + "s%s";
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            String[] cell = cells.get(i);
            lines.add(String.format(
                    Locale.ROOT, row, stages.get(i).number(), cell[0], cell[1], cell[2], cell[3], cell[4]));
        }
        lines.addAll(summary(hasHosts));
        return lines;
    }

    private static int width(List<String[]> cells, int column) {
        return Math.max(
                1, cells.stream().mapToInt(cell -> cell[column].length()).max().orElse(1));
    }

    private static String tasks(StageRow stage, TaskForecast forecast) {
        String tasks = Texts.counted(stage.tasks(), "task");
        if (!stage.readsInput() || !forecast.isWhole()) {
            return tasks;
        }
        if (stage.tasks() != forecast.tasks()) {
            return tasks + ", " + forecast.tasks() + " predicted";
        }
        return forecast.input().isEmpty() ? tasks : tasks + " = " + forecast.input();
    }

    private List<String> summary(boolean hasHosts) {
        List<String> parts = new ArrayList<>();
        if (stages.size() > 1) {
            parts.add("executors reused between the stages: " + reusedExecutors() + " of " + executors());
        }
        List<StageRow> reading = stages.stream().filter(StageRow::readsInput).toList();
        if (hasHosts && !reading.isEmpty()) {
            parts.add("read locally: "
                    + reading.stream().mapToInt(StageRow::localTasks).sum() + " of "
                    + reading.stream().mapToInt(StageRow::tasks).sum());
        }
        return parts.isEmpty() ? List.of() : List.of(parts.stream().collect(Collectors.joining("; ")));
    }
}
