package io.decant.spark.command;

import io.decant.config.PrintableText;
import io.decant.spark.report.RunReport;
import io.decant.spark.report.TaskForecast;
import java.io.PrintWriter;

/** What a command tells beside its result: what it expects, and what has happened. For one thread. */
public final class CommandProgress {

    private final PrintWriter err;

    /** @param err where it is told; not closed */
    public CommandProgress(PrintWriter err) {
        this.err = err;
    }

    /** What the user should know, in a line. */
    public void notice(String notice) {
        line(notice);
    }

    /** What is expected. */
    public void forecast(TaskForecast forecast) {
        line("reads the input in " + forecast.line());
    }

    /**
     * What has happened.
     *
     * @param hasHosts whether the input lies on hosts that are known
     */
    public void report(RunReport report, TaskForecast forecast, boolean hasHosts) {
        report.lines(forecast, hasHosts).forEach(this::write);
    }

    private void line(String text) {
        write("decant: " + text);
    }

    private void write(String text) {
        err.println(PrintableText.of(text));
        err.flush();
    }
}
