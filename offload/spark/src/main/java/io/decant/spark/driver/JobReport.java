package io.decant.spark.driver;

import io.decant.config.PrintableText;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.SparkReport;
import io.decant.offload.staging.StagedBatch;
import io.decant.offload.staging.StagedFile;
import io.decant.spark.report.Slots;
import io.decant.spark.report.StageRecorder;
import io.decant.spark.report.TaskForecast;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is expected of a job over a staged batch, and at last what the cluster made of it, from its making to its close.
 * Both are logged, too. For one thread, but for what says otherwise.
 */
final class JobReport implements AutoCloseable {

    /** Stages of a job beyond those are not shown to the server: a job that loops makes more than anybody reads. */
    static final int STAGES_SHOWN_MAX = 100;

    /** Of a line; the names of RDDs are the job's own. */
    static final int LINE_CHARS_MAX = 400;

    private static final Logger log = LoggerFactory.getLogger(JobReport.class);

    private final String job;
    private final boolean hasHosts;
    private final Slots slots;
    private final Consumer<DriverAnswer> answers;
    private final StageRecorder recorder;
    /** Null: nothing has begun. */
    private volatile TaskForecast forecast;

    private volatile boolean waiting;

    /**
     * @param job its id, for answers
     * @param hasHosts whether the batch lies on hosts that are known, as on HDFS
     * @param slots what its tasks run on
     */
    JobReport(String job, boolean hasHosts, JavaSparkContext spark, Slots slots, Consumer<DriverAnswer> answers) {
        this.job = job;
        this.hasHosts = hasHosts;
        this.slots = slots;
        this.answers = answers;
        this.recorder = StageRecorder.on(spark);
    }

    /** The job is about to read a batch: a task for each of its files, in each stage that reads it. */
    void begins(StagedBatch batch) {
        List<StagedFile> files = batch.files();
        forecast = new TaskForecast(
                files.size(),
                batch.bytes(),
                files.stream().mapToLong(StagedFile::bytes).max().orElse(0),
                files.size(),
                0,
                0,
                false,
                slots);
        log.info("{}: reads the batch in {}", job, forecast.line());
        answers.accept(new DriverAnswer.Began(job, forecast.line()));
    }

    /** The server was told that the job waits. Any thread. */
    void waits() {
        waiting = true;
    }

    /** If it was, tells it that the job does no longer. Any thread. */
    void goesOn() {
        if (waiting) {
            waiting = false;
            answers.accept(new DriverAnswer.Began(job, forecast == null ? "" : forecast.line()));
        }
    }

    /** What has run until now; {@link SparkReport#EMPTY} where nothing has begun. Waits for Spark's events of it. */
    SparkReport soFar() {
        if (forecast == null) {
            return SparkReport.EMPTY;
        }
        List<String> lines = recorder.report().lines(forecast, hasHosts);
        lines.forEach(line -> log.info("{}: {}", job, line));
        return new SparkReport(forecast.line(), shown(lines));
    }

    /** The first ones, and the last, which is of all. */
    static List<String> shown(List<String> lines) {
        List<String> shown = new ArrayList<>();
        int left = lines.size() - STAGES_SHOWN_MAX - 1;
        for (int i = 0; i < lines.size(); i++) {
            if (left <= 0 || i < STAGES_SHOWN_MAX || i == lines.size() - 1) {
                shown.add(cut(PrintableText.of(lines.get(i))));
            } else if (i == STAGES_SHOWN_MAX) {
                shown.add("... " + left + " more");
            }
        }
        return shown;
    }

    private static String cut(String line) {
        return line.length() <= LINE_CHARS_MAX ? line : line.substring(0, LINE_CHARS_MAX) + "...";
    }

    @Override
    public void close() {
        recorder.close();
    }
}
