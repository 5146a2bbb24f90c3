package io.decant.spark.filejob;

import io.decant.offload.protocol.SparkSettings;
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
import io.decant.spark.userjob.ShippedJobs;
import io.decant.spark.userjob.SyncedHdfs;
import io.decant.spark.userjob.UserClassLoader;
import io.decant.spark.userjob.UserJob;
import io.decant.spark.userjob.UserJobException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decant job}. */
@Command(
        name = "job",
        description = {
            "Runs a job over files of lines, on Spark: a class that implements io.decant.job.BatchJob, as a sink of"
                    + " type spark runs it over batches. OUTPUT gets what it writes, and appears whole or not at all."
        },
        mixinStandardHelpOptions = true,
        versionProvider = CommandVersion.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class JobCommand implements SparkCommand {

    private static final double MILLIS_PER_SECOND = 1000;

    private final PrintWriter out;
    private final PrintWriter err;
    private final Path jars;
    private final Map<String, String> env;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "3..*",
            paramLabel = "CLASS INPUT... OUTPUT",
            hideParamSyntax = true,
            description = {
                "CLASS: the job's class; of the jobs that come with Decant, the simple name: " + ShippedJobs.NAMES
                        + ".",
                "INPUT: a file of lines, each a record, a directory of such, or a pattern, on any filesystem of"
                        + " Hadoop's; gzip and zstd are unpacked. Inputs come as they are given, and the files of each"
                        + " in the order of their names.",
                "OUTPUT: a directory that is not there yet, on HDFS or a local disk."
            })
    private List<String> words;

    @Option(
            names = "--jar",
            paramLabel = "JAR",
            description =
                    "A jar with the class, or with what it uses, on this machine. Given several times, classes of the"
                            + " first one win. Only what Spark and Decant do not have must be in them.")
    private List<Path> userJars = List.of();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A setting for the job. Given several times, of one name the last one wins.")
    private Map<String, String> settings = Map.of();

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
    public JobCommand(PrintWriter out, PrintWriter err, Path jars, Map<String, String> env) {
        this.out = out;
        this.err = err;
        this.jars = jars;
        this.env = env;
    }

    @Override
    public String title() {
        return "decant job";
    }

    @Override
    public boolean verbose() {
        return verbose;
    }

    @Override
    public Integer call() throws IOException, CommandException {
        Logs.show(verbose);
        KeyRule rule = keys.rule(spec);
        SparkSettings spark = master.settings(spec, "decant job " + words.get(0), "decant-job", env);
        List<Path> own = userJars();
        UserClassLoader loader = new UserClassLoader(own, JobCommand.class.getClassLoader());
        // Spark's threads inherit it; not closed, since classes may be loaded until the process ends.
        Thread.currentThread().setContextClassLoader(loader);
        UserJob job = load(loader);
        Configuration hadoop = SparkStart.hadoop(spark, jars);
        MasterOption.login(spark, hadoop, words.subList(1, words.size()), env);
        FileJob files = new FileJob(hadoop);
        String output = words.get(words.size() - 1);
        FileJob.Place place = files.look(words.subList(1, words.size() - 1), output);
        CommandProgress progress = new CommandProgress(err);
        place.input().notice().ifPresent(progress::notice);
        Slots slots = SparkStart.slots(spark, hadoop);
        TaskForecast forecast = place.forecast(slots);
        progress.forecast(forecast);
        long startNanos = System.nanoTime();
        try (JavaSparkContext context = SparkStart.start(forJob(spark, own), jars, slots);
                StageRecorder recorder = StageRecorder.on(context)) {
            try {
                files.run(context, place, job, rule, settings);
            } catch (UserJobException e) {
                throw new CommandException(words.get(0) + " failed: " + e.getMessage(), e);
            } finally {
                progress.report(recorder.report(), forecast, place.hasHosts());
            }
            out.printf(
                    Locale.ROOT,
                    "%s is done in %,.1f s: %s%n",
                    words.get(0),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) / MILLIS_PER_SECOND,
                    output);
        }
        return 0;
    }

    private UserJob load(ClassLoader loader) throws CommandException {
        String name = ShippedJobs.className(words.get(0), loader);
        try {
            return UserJob.load(name, loader);
        } catch (UserJobException e) {
            throw new CommandException(
                    e.getCause() instanceof ClassNotFoundException
                            ? "class " + name + " is not in the jars; check its name, and name its jar with --jar"
                            : e.getMessage(),
                    e);
        }
    }

    private List<Path> userJars() throws CommandException {
        List<Path> found = new ArrayList<>();
        for (Path jar : userJars) {
            if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
                throw new CommandException(jar + ": no such jar on this machine");
            }
            found.add(jar.toAbsolutePath().normalize());
        }
        return found;
    }

    /**
     * What a job needs beside. Executors elsewhere get its jars from the driver; one in this process has the class
     * loader. Blocks of files that it writes to HDFS are synced by the datanodes.
     */
    private static SparkSettings forJob(SparkSettings spark, List<Path> jars) {
        Map<String, String> conf = new LinkedHashMap<>(spark.conf());
        conf.putIfAbsent("spark.hadoop.fs.hdfs.impl", SyncedHdfs.class.getName());
        if (!jars.isEmpty() && spark.onCluster()) {
            conf.put(
                    "spark.jars",
                    String.join(
                            ",",
                            jars.stream().map(jar -> jar.toUri().toString()).toList()));
            conf.put("spark.executor.userClassPathFirst", "true");
        }
        return new SparkSettings(
                spark.master(),
                spark.application(),
                spark.tag(),
                spark.hadoopConf(),
                spark.queue(),
                spark.executorMemoryBytes(),
                spark.executorCores(),
                spark.executorInstances(),
                spark.archive(),
                spark.host(),
                conf);
    }
}
