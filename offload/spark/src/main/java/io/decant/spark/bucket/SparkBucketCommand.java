package io.decant.spark.bucket;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.KeySpecException;
import io.decant.offload.protocol.SparkSettings;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.driver.SparkStart;
import io.decant.spark.job.KeyRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decant bucket}. */
@Command(
        name = "bucket",
        description = {
            "Splits files of lines into buckets, on Spark: OUTPUT gets a directory for each of the first 64 buckets, the others as"
                    + " tail/, and _manifest.json. It appears whole or not at all."
        },
        mixinStandardHelpOptions = true,
        versionProvider = SparkBucketCommand.BucketVersion.class,
        showDefaultValues = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class SparkBucketCommand implements Callable<Integer> {

    /** Any seed gives the same buckets, but where two keys collide; always the same one gives the same even there. */
    private static final long SEED = 0;

    private static final String MISSING_KEY = "record";
    private static final Pattern MASTER = Pattern.compile("local(\\[(\\*|[1-9][0-9]{0,3})])?|yarn");
    private static final String HADOOP_CONF = "HADOOP_CONF_DIR";

    private final PrintWriter out;
    private final Path jars;
    private final Map<String, String> env;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "INPUT",
            description =
                    "A file of lines, each a record, a directory of such, or a pattern, on any filesystem of Hadoop's; gzip and"
                            + " zstd are unpacked. Files come in the order of their names.")
    private String input;

    @Parameters(
            index = "1",
            paramLabel = "OUTPUT",
            description = "A directory that does not exist yet, on HDFS or a local disk.")
    private String output;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "record",
            description =
                    "The key of a record: record, json:/pointer, csv:N (from 1) or regex:EXPR (group 1); or several"
                            + " of them in brackets, which are the key together: '[json:/tenant, json:/id]'."
                            + " Given several times, each is a key of its own, and no bucket has a value of any of them twice. A record"
                            + " without any is its own key.")
    private List<String> keys;

    @Option(
            names = "--fold",
            paramLabel = "FOLD",
            defaultValue = "none",
            description = "Which letters of keys are the same: none, case, or case-accent.")
    private String fold;

    @Option(
            names = "--csv-delimiter",
            paramLabel = "CHARACTER",
            defaultValue = ",",
            description = "What separates the fields of csv:N; \\t for a tab.")
    private String csvDelimiter;

    @Option(
            names = "--master",
            paramLabel = "MASTER",
            defaultValue = "local[*]",
            description = "local[*], local[N], or yarn, whose configuration is in $HADOOP_CONF_DIR.")
    private String master;

    @Option(
            names = "--verbose",
            description = "Show stack traces, and Spark's own log.",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private boolean verbose;

    /** @param jars folder of the class path */
    public SparkBucketCommand(PrintWriter out, Path jars, Map<String, String> env) {
        this.out = out;
        this.jars = jars;
        this.env = env;
    }

    /** Whether stack traces are wanted. */
    public boolean verbose() {
        return verbose;
    }

    @Override
    public Integer call() throws IOException, BucketException {
        Logs.show(verbose);
        KeyRule rule = rule();
        SparkSettings settings = settings();
        BucketRun run = new BucketRun(
                SparkStart.hadoop(settings, jars), BlockFileLimits.forBlocksOf(BlockFileLimits.BYTES_DEFAULT));
        BucketRun.Place place = run.look(input, output);
        try (JavaSparkContext spark = SparkStart.start(settings, jars)) {
            report(run.run(spark, place, rule));
        }
        return 0;
    }

    private void report(Multiplicities made) {
        out.printf("%,d records in %,d buckets: %s%n", made.records(), made.buckets(), output);
    }

    /** What the options say of keys. */
    KeyRule rule() {
        try {
            return new KeyRule(KeySpec.ofLines(keys, fold, csvDelimiter).toString(), MISSING_KEY, SEED);
        } catch (KeySpecException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private SparkSettings settings() {
        if (!MASTER.matcher(master).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "--master: '" + master + "' is not a master; write local[*], local[4] or yarn");
        }
        String hadoopConf = env.getOrDefault(HADOOP_CONF, "");
        if (master.equals(SparkSettings.YARN) && hadoopConf.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--master: yarn needs $" + HADOOP_CONF + ", the folder that holds yarn-site.xml");
        }
        SparkSettings local = SparkSettings.local(master);
        return new SparkSettings(
                master,
                "decant bucket",
                "decant-bucket-" + UUID.randomUUID(),
                hadoopConf.isEmpty() ? "" : Path.of(hadoopConf).toAbsolutePath().toString(),
                local.queue(),
                local.executorMemoryBytes(),
                local.executorCores(),
                local.executorInstances(),
                local.archive(),
                local.host(),
                local.conf());
    }

    /** What {@code --version} says. */
    static final class BucketVersion implements IVersionProvider {

        /** Written by the build, see the resources of the module's POM. */
        private static final String RESOURCE = "/io/decant/spark/version.txt";

        @Override
        public String[] getVersion() throws IOException {
            try (InputStream in = BucketVersion.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException(RESOURCE + " is not on the class path: the build is broken");
                }
                return new String[] {"decant " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()};
            }
        }
    }
}
