package io.decant.loadtest.jmh;

import io.decant.loadtest.load.LoadException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of this package. */
public final class Benchmarks {

    /** Where benchmarks that write may do so. */
    static final String FOLDER = "decant.jmh.folder";

    private static final int WARM_ITERATIONS = 3;

    /**
     * What one of them brought.
     *
     * @param name class, method and parameters
     * @param unit of the figures
     * @param iterations each iteration's figure
     */
    public record Score(String name, String unit, List<Double> iterations) {}

    private Benchmarks() {}

    /**
     * Runs all, each in a process of its own.
     *
     * @param folder for what they write
     * @param iterations measured
     * @param seconds of each
     */
    public static List<Score> run(Path folder, int iterations, int seconds) {
        Options options = new OptionsBuilder()
                .include(Benchmarks.class.getPackageName())
                .warmupIterations(WARM_ITERATIONS)
                .warmupTime(TimeValue.seconds(seconds))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(seconds))
                .forks(1)
                .jvmArgsAppend("-D" + FOLDER + "=" + folder)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        try {
            return new Runner(options).run().stream().map(Benchmarks::score).toList();
        } catch (RunnerException e) {
            throw new LoadException("a benchmark failed: " + e.getMessage(), e);
        }
    }

    private static Score score(RunResult result) {
        String benchmark = result.getParams().getBenchmark();
        List<Double> iterations = result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(IterationResult::getPrimaryResult)
                .map(primary -> primary.getScore())
                .toList();
        String parameters = result.getParams().getParamsKeys().stream()
                .map(key -> " " + key + "=" + result.getParams().getParam(key))
                .collect(Collectors.joining());
        return new Score(
                benchmark.substring(Benchmarks.class.getPackageName().length() + 1) + parameters,
                result.getPrimaryResult().getScoreUnit(),
                iterations);
    }
}
