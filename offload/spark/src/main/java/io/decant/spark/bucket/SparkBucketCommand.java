package io.decant.spark.bucket;

import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.command.CommandException;
import io.decant.spark.command.CommandProgress;
import io.decant.spark.command.CommandVersion;
import io.decant.spark.command.KeyOptionGroup;
import io.decant.spark.command.Logs;
import io.decant.spark.command.MasterOption;
import io.decant.spark.command.SparkCommand;
import io.decant.spark.driver.SparkStart;
import io.decant.spark.job.KeyRule;
import io.decant.spark.report.Slots;
import io.decant.spark.report.StageRecorder;
import io.decant.spark.report.TaskForecast;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decant bucket}. */
@Command(
        name = "bucket",
        description = {
            "Splits files of lines into buckets, on Spark: OUTPUT gets a directory for each of the first 64 buckets,"
                    + " the others as tail/, and _manifest.json. It appears whole or not at all."
        },
        mixinStandardHelpOptions = true,
        versionProvider = CommandVersion.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class SparkBucketCommand implements SparkCommand {

    private final PrintWriter out;
    private final PrintWriter err;
    private final Path jars;
    private final Map<String, String> env;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "2..*",
            paramLabel = "INPUT... OUTPUT",
            hideParamSyntax = true,
            description = {
                "INPUT: a file of lines, each a record, a directory of such, or a pattern, on any filesystem of"
                        + " Hadoop's; gzip and zstd are unpacked. Inputs come as they are given, and the files of each"
                        + " in the order of their names.",
                "OUTPUT: a directory that is not there yet, on HDFS or a local disk."
            })
    private List<String> paths;

    @Mixin
    private KeyOptionGroup keys;

    @Mixin
    private MasterOption master;

    @Option(
            names = "--verbose",
            description = "Show stack traces, and Spark's own log.",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private boolean verbose;

    /**
     * @param out where the result is told
     * @param err where everything else is
     * @param jars folder of the class path
     */
    public SparkBucketCommand(PrintWriter out, PrintWriter err, Path jars, Map<String, String> env) {
        this.out = out;
        this.err = err;
        this.jars = jars;
        this.env = env;
    }

    @Override
    public boolean verbose() {
        return verbose;
    }

    @Override
    public String title() {
        return "decant bucket";
    }

    @Override
    public Integer call() throws IOException, CommandException {
        Logs.show(verbose);
        KeyRule rule = rule();
        SparkSettings settings = master.settings(spec, "decant bucket", "decant-bucket", env);
        List<String> inputs = paths.subList(0, paths.size() - 1);
        String output = paths.get(paths.size() - 1);
        Configuration hadoop = SparkStart.hadoop(settings, jars);
        MasterOption.login(settings, hadoop, paths, env);
        BucketRun run = new BucketRun(hadoop, BlockFileLimits.forBlocksOf(BlockFileLimits.BYTES_DEFAULT));
        BucketRun.Place place = run.look(inputs, output);
        CommandProgress progress = new CommandProgress(err);
        place.notice().ifPresent(progress::notice);
        Slots slots = SparkStart.slots(settings, hadoop);
        TaskForecast forecast = place.forecast(slots);
        progress.forecast(forecast);
        try (JavaSparkContext spark = SparkStart.start(settings, jars, slots);
                StageRecorder recorder = StageRecorder.on(spark)) {
            Multiplicities made = run.run(spark, place, rule);
            progress.report(recorder.report(), forecast, place.hasHosts());
            out.printf("%,d records in %,d buckets: %s%n", made.records(), made.buckets(), output);
        }
        return 0;
    }

    /** What the options say of keys. */
    KeyRule rule() {
        return keys.rule(spec);
    }
}
