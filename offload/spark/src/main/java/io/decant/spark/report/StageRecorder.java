package io.decant.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.spark.Success$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.scheduler.TaskLocality;
import org.apache.spark.storage.RDDInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Records which stages run, with how many tasks, where and for how long. Spark calls it on one thread of its own; any
 * thread may ask for the report.
 */
public final class StageRecorder extends SparkListener implements AutoCloseable {

    /** Events come late, and on a busy machine later. */
    private static final long EVENTS_MILLIS_MAX = 10_000;

    /** Stages beyond that are not recorded: a job that loops makes more than anybody reads. */
    private static final int STAGES_MAX = 1_000;

    /** Times of tasks beyond that, of all stages, are not kept. */
    private static final int TASKS_MAX = 200_000;

    /** RDDs of the driver's own data, which lies nowhere. */
    private static final String OF_DRIVER = "parallelize";

    private final JavaSparkContext spark;
    private final Map<Integer, Stage> stages = new LinkedHashMap<>();
    private int tasks;

    private StageRecorder(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** Begins to record what runs in a context, until it is closed. */
    public static StageRecorder on(JavaSparkContext spark) {
        StageRecorder recorder = new StageRecorder(spark);
        spark.sc().addSparkListener(recorder);
        return recorder;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
        StageInfo info = event.stageInfo();
        Stage known = stages.get(info.stageId());
        if (known != null) {
            known.isRunning = true;
        } else if (stages.size() < STAGES_MAX) {
            stages.put(info.stageId(), new Stage(stages.size() + 1, info));
        }
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart event) {
        Stage stage = stages.get(event.stageId());
        if (stage != null) {
            stage.executors.add(event.taskInfo().executorId());
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
        Stage stage = stages.get(event.stageId());
        if (stage == null) {
            return;
        }
        TaskMetrics metrics = event.taskMetrics();
        if (metrics != null && tasks < TASKS_MAX) {
            tasks++;
            // What the executor has counted: Spark's own end of a task is when the driver hears of it, and the next one
            // may run by then.
            long millis = metrics.executorDeserializeTime() + metrics.executorRunTime();
            stage.times.add(new long[] {event.taskInfo().launchTime(), Math.max(1, millis)});
        }
        if (!(event.reason() instanceof Success$)) {
            stage.failed++;
        } else if (event.taskInfo().taskLocality().id()
                <= TaskLocality.NODE_LOCAL().id()) {
            stage.local.add(event.taskInfo().index());
        }
    }

    @Override
    public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
        Stage stage = stages.get(event.stageInfo().stageId());
        if (stage != null) {
            stage.isRunning = false;
            stage.endMillis = millis(event.stageInfo().completionTime(), System.currentTimeMillis());
        }
    }

    private static long millis(scala.Option<Object> time, long otherwise) {
        return time.isEmpty() ? otherwise : ((Number) time.get()).longValue();
    }

    /** What has run until now; waits for Spark's events of it. */
    public RunReport report() {
        try {
            spark.sc().listenerBus().waitUntilEmpty(EVENTS_MILLIS_MAX);
        } catch (TimeoutException e) {
            // What is there is shown.
        }
        synchronized (this) {
            return new RunReport(stages.values().stream().map(Stage::row).toList());
        }
    }

    @Override
    public void close() {
        spark.sc().removeSparkListener(this);
    }

    /** A stage, over all its attempts. */
    private static final class Stage {
        private final int number;
        private final List<String> operators;
        private final boolean readsInput;
        private final int tasks;
        private final long startMillis;
        private final Set<String> executors = new HashSet<>();
        private final Set<Integer> local = new HashSet<>();
        private boolean isRunning = true;
        private long endMillis;
        /** Of each attempt that ended: when it began, and how long it took, in milliseconds. */
        private final List<long[]> times = new ArrayList<>();

        private int failed;

        Stage(int number, StageInfo info) {
            this.number = number;
            List<RDDInfo> rdds = new ArrayList<>(CollectionConverters.asJava(info.rddInfos()));
            rdds.sort(Comparator.comparingInt(RDDInfo::id));
            operators = new ArrayList<>();
            for (RDDInfo rdd : rdds) {
                String operator = operator(rdd);
                if (operators.isEmpty() || !operators.get(operators.size() - 1).equals(operator)) {
                    operators.add(operator);
                }
            }
            readsInput = rdds.stream()
                    .anyMatch(rdd -> rdd.parentIds().isEmpty() && !operator(rdd).equals(OF_DRIVER));
            tasks = info.numTasks();
            startMillis = millis(info.submissionTime(), System.currentTimeMillis());
        }

        private static String operator(RDDInfo rdd) {
            return rdd.scope().isEmpty() ? rdd.name() : rdd.scope().get().name();
        }

        /** The most intervals that have an instant in common. */
        private int atATime() {
            List<long[]> changes = new ArrayList<>();
            for (long[] time : times) {
                changes.add(new long[] {time[0], 1});
                changes.add(new long[] {time[0] + time[1], -1});
            }
            // Ends first: what begins when another ends is not beside it.
            changes.sort(Comparator.<long[]>comparingLong(change -> change[0]).thenComparingLong(change -> change[1]));
            int running = 0;
            int most = 0;
            for (long[] change : changes) {
                running += (int) change[1];
                most = Math.max(most, running);
            }
            return most;
        }

        StageRow row() {
            return new StageRow(
                    number,
                    operators,
                    readsInput,
                    tasks,
                    atATime(),
                    failed,
                    local.size(),
                    Math.max(0, (isRunning ? System.currentTimeMillis() : endMillis) - startMillis),
                    executors);
        }
    }
}
